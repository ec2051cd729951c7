"""What a fault switch does to one call: before it is answered, to the answer, on the wire."""
