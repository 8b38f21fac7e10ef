"""Learning-rate factors as functions of the share of a stage that is done."""


def poly_decay(done: float, *, power: float = 0.9) -> float:
    """Return (1 - done)^power; from 1 at the start to 0 at the end of a stage."""
    factor: float = (1 - _share(done)) ** power
    return factor


def linear_decay(done: float, *, final: float = 0.1) -> float:
    """Return a factor that falls linearly from 1 at the start to `final` at the end of a stage."""
    return 1 - (1 - final) * _share(done)


def _share(done: float) -> float:
    return min(1.0, max(0.0, done))
