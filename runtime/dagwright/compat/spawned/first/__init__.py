"""In front of everything that is installed: there is a stand-in also where the real package is."""
