"""What invoices add to the kernel's pages: ways in, search, agenda, panels, sentences."""

from shopdisputes.web.contributions import Contribution

contribution = Contribution()
