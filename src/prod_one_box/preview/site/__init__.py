"""What the synthesized templates say about the site: its distribution, its origins and the stacks around them."""
