"""What reminders add to the kernel's pages."""

from shopdisputes.web.contributions import Contribution

contribution = Contribution()
