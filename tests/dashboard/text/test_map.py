import pandas as pd

from dashboard.text.map import headline, nearer_sentence, own_sentence, quality_words

NAMES = {"car": "Car", "rider": "Rider"}


def shares(own: float, labels: str = "truth") -> pd.DataFrame:
    rows = [
        (40, "nearest_prototype_share", "target", labels, "car", "car", 0.9),
        (40, "nearest_prototype_share", "target", labels, "rider", "rider", own),
        (40, "nearest_prototype_share", "target", labels, "rider", "car", 1 - own),
    ]
    columns = ["step", "measure", "domain", "labels", "class", "rival", "value"]
    return pd.DataFrame(rows, columns=columns)


def said(own: float, labels: str = "truth") -> str:
    return headline(shares(own, labels), 40, names=NAMES, target="dusk", num_snapshots=3)


def test_the_headline_counts_the_classes_that_stand_apart_and_names_the_worst_overlap() -> None:
    assert said(0.4) == "1 of 2 classes stands apart on dusk; rider and car overlap most"
    assert said(0.8) == "Both classes stand apart on dusk"


def test_the_headline_says_that_pseudo_labels_stand_in_for_truth() -> None:
    assert said(0.8, "pseudo") == "Going by pseudo labels, both classes stand apart on dusk"


def test_few_pixels_are_counted_and_many_are_a_percentage() -> None:
    def nearer(share: float, count: int) -> str:
        return nearer_sentence(share, count, target="dusk", own="Rider", rival="Car")

    end = "nearer to the car prototype than to"
    assert nearer(1.0, 1) == f"The one dusk rider pixel here lies {end} its own."
    assert nearer(13 / 15, 15) == f"13 of 15 dusk rider pixels here lie {end} their own."
    assert nearer(0.24, 100) == f"24 % of the dusk rider pixels here lie {end} their own."


def test_a_selection_without_target_pixels_claims_nothing() -> None:
    assert own_sentence(0, "dusk") == "No dusk pixel is selected."
    assert own_sentence(12, "dusk") == "All 12 dusk pixels here lie nearest to their own prototype."


def test_the_quality_of_a_map_says_what_is_known() -> None:
    assert quality_words("pca", {}) == ("Map", "(a PCA projection).")
    title, sentence = quality_words(
        "umap", {"trustworthiness": 0.98, "preservation": 0.37, "stability": 0.99}
    )
    assert title == "Map quality 0.98"
    assert "37 % of a pixel's true neighbours are neighbours on the map" in sentence
    assert "moved by 1.0 % of its width" in sentence
