"""Whether the judges find what they must, and whether the executor tells the truth."""
