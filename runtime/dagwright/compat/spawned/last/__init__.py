"""Behind everything that is installed: there is a stand-in only where the real package is absent."""
