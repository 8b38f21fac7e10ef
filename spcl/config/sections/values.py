"""The kinds of values that keys have, and what all sections share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Magnification = Annotated[float, Field(ge=0.25, le=4)]
Size = Annotated[tuple[Positive, Positive], Field(strict=False)]


class Section(BaseModel):
    """Base of all sections: frozen, and unknown keys and infinite numbers are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
