"""The same goods under every definition: pass, fail or cannot tell, each with its reasons."""
