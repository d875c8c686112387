"""What users write: decorators and declarations."""
