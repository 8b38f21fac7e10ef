import torch

from spcl.method.pictures.masking import hide_blocks


def hidden(images, **options):
    settings = {"block": 8, "ratio": 0.5, "generator": torch.Generator().manual_seed(0)}
    return hide_blocks(images, **{**settings, **options})


def test_whole_squares_become_the_mean_color_of_their_image():
    images = torch.rand(2, 3, 32, 40)
    changed = (hidden(images) != images).any(1)
    for image, mask, result in zip(images, changed, hidden(images), strict=True):
        blocks = mask.unfold(0, 8, 8).unfold(1, 8, 8).flatten(2).float().mean(2)
        assert set(blocks.unique().tolist()) == {0.0, 1.0}
        expected = image.mean((1, 2)).unsqueeze(1).expand(-1, int(mask.sum()))
        torch.testing.assert_close(result[:, mask], expected)


def test_the_ratio_is_the_share_that_is_hidden():
    images = torch.rand(4, 3, 256, 256)
    assert torch.equal(hidden(images, ratio=0.0), images)
    share = (hidden(images, ratio=0.7) != images).any(1).float().mean()
    assert abs(share - 0.7) < 0.03
    gone = hidden(images, ratio=1.0)
    torch.testing.assert_close(gone, images.mean((2, 3), keepdim=True).expand_as(images))


def test_squares_at_the_edge_are_cut_and_images_differ():
    images = torch.rand(1, 3, 13, 21).expand(6, -1, -1, -1)
    result = hidden(images)
    assert result.shape == images.shape
    assert len({tuple(one.flatten().tolist()) for one in result}) > 3


def test_the_generator_alone_decides():
    images = torch.rand(2, 3, 32, 32)
    assert torch.equal(hidden(images), hidden(images))
    other = hidden(images, generator=torch.Generator().manual_seed(1))
    assert not torch.equal(hidden(images), other)
