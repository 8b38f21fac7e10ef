"""`tiny`: our own small residual network, which trains in minutes on two CPU cores."""

from torch import Tensor, nn
from torch.nn import functional as F

from spcl.models.backbone import Backbone, Neck


class Tiny(Backbone):
    """Residual levels at strides 4, 8, 16 and 32, fused to 64 channels at stride 8."""

    num_channels = 64

    def __init__(self) -> None:
        super().__init__(mean=0.5, std=0.25)
        self.trunk = TinyTrunk()
        self.neck = Neck((32, 64, 96, 128), self.num_channels, at=1)


class TinyTrunk(nn.Module):
    """Images -> levels of 32, 64, 96 and 128 channels at strides 4, 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = convolution(3, 16, stride=2)
        self.level4 = nn.Sequential(convolution(16, 32, stride=2), Residual(32))
        self.level8 = nn.Sequential(convolution(32, 64, stride=2), Residual(64))
        self.level16 = nn.Sequential(convolution(64, 96, stride=2), Residual(96))
        self.level32 = convolution(96, 128, stride=2)

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the four levels, finest first."""
        levels = [self.level4(self.stem(images))]
        for layer in (self.level8, self.level16, self.level32):
            levels.append(layer(levels[-1]))
        return levels


class Residual(nn.Module):
    """Two 3x3 convolutions with a residual connection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        return F.relu(features + self.second(self.first(features)))


def convolution(num_in: int, num_out: int, *, stride: int = 1) -> nn.Sequential:
    """Build a 3x3 convolution with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(num_in, num_out, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(num_out),
        nn.ReLU(),
    )
