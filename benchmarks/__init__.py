"""What is measured: speed, cost, and endurance."""
