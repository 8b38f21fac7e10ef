"""How well classes stand apart: dumbbells, the matrix of pairs, the domain gap."""
