"""Stores: six verbs over files and object stores."""
