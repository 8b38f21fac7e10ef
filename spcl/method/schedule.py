"""Learning-rate factors as functions of a stage's progress, from 0 to 1."""


def poly_decay(progress: float, *, power: float = 0.9) -> float:
    """Return (1 - progress)^power, which falls from 1 to 0 over the stage.

    Example:
        >>> [round(poly_decay(progress), 3) for progress in (0, 0.5, 1)]
        [1.0, 0.536, 0.0]
    """
    factor: float = (1 - _clamped(progress)) ** power
    return factor


def linear_decay(progress: float, *, final: float = 0.1) -> float:
    """Return a factor that falls linearly from 1 to `final` over the stage.

    Example:
        >>> [round(linear_decay(progress), 3) for progress in (0, 0.5, 1)]
        [1.0, 0.55, 0.1]
    """
    return 1 - (1 - final) * _clamped(progress)


def _clamped(progress: float) -> float:
    return min(1.0, max(0.0, progress))
