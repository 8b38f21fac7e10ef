"""The DeepLab-v2 head, and the two networks that the field puts it on, both at stride 8.

Head: Chen et al. 2018 (arXiv 1606.00915), as used in domain adaptation: convolutions of four rates
straight to class scores, which are summed. ResNet: He et al. 2016 (arXiv 1512.03385), the later
stages dilated instead of strided. VGG-16: Simonyan and Zisserman 2015 (arXiv 1409.1556), without
its last two poolings, conv5 dilated, fc6 and fc7 as dilated convolutions. Modules of the trunks are
named as in torchvision, so that its weight files fit.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spcl.models.backbone import IMAGENET_MEAN, IMAGENET_STD, Backbone

RATES = (6, 12, 18, 24)
"""Dilations of the head's convolutions."""
_RESNET_STRIDE_16_AND_ON = (3, 4)
_VGG_STAGES = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))


class DeepLabHead(nn.Module):
    """Features (B, C, h, w) -> logits (B, K, h, w): the sum of 3x3 convolutions of four rates."""

    def __init__(self, num_channels: int, num_classes: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Conv2d(num_channels, num_classes, 3, padding=rate, dilation=rate) for rate in RATES
        )
        for name, values in self.named_parameters():
            if name.endswith("weight"):
                nn.init.normal_(values, std=0.01)

    def forward(self, features: Tensor) -> Tensor:
        """Return the summed class scores."""
        return torch.stack([branch(features) for branch in self.branches]).sum(0)


class DeepLab(Backbone):
    """A trunk at stride 8 with ImageNet's normalisation, and the DeepLab-v2 head as classifier."""

    norm_stride: int | None = 8

    def __init__(self) -> None:
        super().__init__(mean=IMAGENET_MEAN, std=IMAGENET_STD)

    def make_classifier(self, num_classes: int) -> nn.Module:
        """Return the DeepLab-v2 head."""
        return DeepLabHead(self.num_channels, num_classes)

    def load_weights(self, state: Mapping[str, Tensor]) -> None:
        """Load a classifier's published weights into the trunk, or those of the whole backbone."""
        own = self.state_dict()
        if state.keys() == own.keys():
            super().load_weights(state)
        else:
            kept = {name: value for name, value in state.items() if f"trunk.{name}" in own}
            self.trunk.load_state_dict(kept)


class ResNet(DeepLab):
    """A residual network of bottlenecks; the features are those of its last stage, 32 x width."""

    def __init__(self, *, blocks: Sequence[int], published: str, width: int = 64) -> None:
        """Build a network.

        Args:
            blocks: bottlenecks of each of the four stages.
            published: name of its ImageNet weights on the hub.
            width: channels of the stem.
        """
        super().__init__()
        self.published = published
        self.trunk = ResNetTrunk(blocks, width)
        self.neck = nn.Identity()
        self.num_channels = 32 * width

    def default_weights(self) -> str:
        """Return the name of the ImageNet weights on the hub."""
        return self.published


class ResNetTrunk(nn.Module):
    """Images -> features of 32 x width channels at stride 8, or at 32 where not `dilated`."""

    def __init__(self, blocks: Sequence[int], width: int, *, dilated: bool = True) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        num_in, dilation = width, 1
        for stage, num_blocks in zip(range(1, 5), blocks, strict=True):
            stride, rate = (1 if stage == 1 else 2), dilation
            if dilated and stage in _RESNET_STRIDE_16_AND_ON:
                stride, dilation = 1, 2 * dilation
            inner = width * 2 ** (stage - 1)
            layers = [Bottleneck(num_in, inner, stride=stride, dilation=rate)]
            num_in = 4 * inner
            layers += [Bottleneck(num_in, inner, dilation=dilation) for _ in range(num_blocks - 1)]
            self.add_module(f"layer{stage}", nn.Sequential(*layers))

    def forward(self, images: Tensor) -> Tensor:
        """Return (B, 32 x width, ceil(H/8), ceil(W/8)), non-negative."""
        features = F.relu(self.bn1(self.conv1(images)), inplace=True)
        features = F.max_pool2d(features, 3, stride=2, padding=1)
        for stage in range(1, 5):
            features = self.get_submodule(f"layer{stage}")(features)
        return features


class Bottleneck(nn.Module):
    """1x1 down, 3x3, 1x1 up to 4 x `inner`, plus the input, projected where shapes differ."""

    def __init__(self, num_in: int, inner: int, *, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        num_out = 4 * inner
        self.conv1 = nn.Conv2d(num_in, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(
            inner, inner, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
        )
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, num_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(num_out)
        self.downsample: nn.Module = nn.Identity()
        if stride > 1 or num_in != num_out:
            projection = nn.Conv2d(num_in, num_out, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(num_out))

    def forward(self, features: Tensor) -> Tensor:
        """Return (B, 4 x inner, ceil(h / stride), ceil(w / stride))."""
        result = F.relu(self.bn1(self.conv1(features)), inplace=True)
        result = F.relu(self.bn2(self.conv2(result)), inplace=True)
        result = self.bn3(self.conv3(result))
        return F.relu(result + self.downsample(features), inplace=True)


class Vgg16(DeepLab):
    """VGG-16 with fc6 and fc7 as dilated convolutions: 16 x width channels at stride 8."""

    norm_stride: int | None = None

    def __init__(self, *, width: int = 64) -> None:
        """Build a network whose first convolutions have `width` channels."""
        super().__init__()
        self.trunk = VggTrunk(width)
        self.num_channels = 16 * width
        self.neck = nn.Sequential(
            nn.Conv2d(8 * width, self.num_channels, 3, padding=4, dilation=4),
            nn.ReLU(inplace=True),
            nn.Conv2d(self.num_channels, self.num_channels, 3, padding=4, dilation=4),
            nn.ReLU(inplace=True),
        )

    def default_weights(self) -> str:
        """Return the name of the ImageNet weights on the hub."""
        return "timm/vgg16.tv_in1k"


class VggTrunk(nn.Module):
    """Images -> features of 8 x width channels at stride 8, non-negative."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.features = nn.Sequential()
        num_in, index = 3, 0  # indices count the poolings that are left out, as torchvision's do
        for stage, (factor, repeats) in enumerate(_VGG_STAGES, start=1):
            rate = 2 if stage == 5 else 1
            for _ in range(repeats):
                layer = nn.Conv2d(num_in, factor * width, 3, padding=rate, dilation=rate)
                self.features.add_module(str(index), layer)
                self.features.add_module(str(index + 1), nn.ReLU(inplace=True))
                num_in, index = factor * width, index + 2
            if stage <= 3:
                self.features.add_module(str(index), nn.MaxPool2d(2, stride=2, ceil_mode=True))
            index += 1

    def forward(self, images: Tensor) -> Tensor:
        """Return (B, 8 x width, ceil(H/8), ceil(W/8))."""
        result: Tensor = self.features(images)
        return result
