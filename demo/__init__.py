"""A demo shop with a story, told through the services that everybody else uses."""
