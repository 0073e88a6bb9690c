"""What a pipeline is: nodes, ports and wiring."""
