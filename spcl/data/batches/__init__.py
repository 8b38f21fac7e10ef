"""From images to the batch of a step: crops and colours, drawn from seed and step."""
