"""Fixes: from findings to edits of the user's source. Imported only when something was found."""
