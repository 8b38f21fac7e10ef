import numpy as np
import torch

from spcl import evaluate
from spcl.method.resize import upsample


def test_a_prediction_is_brought_to_full_size_only_when_asked_and_once(monkeypatch):
    calls = []

    def counted(planes, size):
        calls.append(size)
        return upsample(planes, size)

    monkeypatch.setattr(evaluate, "upsample", counted)
    logits = torch.randn(3, 2, 4)
    label = np.zeros((20, 40), np.uint8)
    prediction = evaluate.Prediction(
        0, np.zeros((16, 32, 3), np.uint8), label, torch.ones(5, 2, 4), logits
    )
    assert calls == []
    expected = torch.nn.functional.interpolate(logits[None], (20, 40), mode="bilinear")[0]
    assert (prediction.class_ids == expected.argmax(0).numpy()).mean() > 0.99
    np.testing.assert_allclose(
        prediction.confidence(), expected.softmax(0).amax(0).numpy(), atol=1e-5
    )
    assert calls == [(20, 40)]
