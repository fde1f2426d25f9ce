"""The mistakes that authors make, one module for each stage at which they are found."""
