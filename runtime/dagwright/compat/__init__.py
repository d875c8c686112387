"""Stand-ins for packages that user files import and that need not be installed."""
