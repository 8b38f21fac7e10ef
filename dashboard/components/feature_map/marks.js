// What stands on top of the points: trails, prototypes with their names, the lasso, the pointer.

const TAU = 2 * Math.PI;

// Draw a scene, whose places are pixels of the overlay; names stay readable above the lasso.
export function drawMarks(context, scene) {
  const { canvas } = context;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
  if (scene.lasso.length) drawLasso(context, scene);
  if (scene.show.trails) scene.prototypes.forEach((mark) => drawTrail(context, mark, scene));
  if (scene.show.prototypes) {
    scene.prototypes.forEach((mark) => drawDiamond(context, mark, scene));
    drawNames(context, scene);
  }
  if (scene.pointed) drawPointed(context, scene);
}

function drawTrail(context, mark, { colors }) {
  if (mark.trail.length < 2) return;
  context.beginPath();
  mark.trail.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.lineTo(mark.x, mark.y);
  context.lineJoin = "round";
  for (const [width, color] of [
    [4, colors.page],
    [2, mark.color],
  ]) {
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
  const [x, y] = mark.trail[0];
  context.beginPath();
  context.arc(x, y, 3, 0, TAU);
  context.fillStyle = colors.page;
  context.fill();
  context.stroke();
}

function drawDiamond(context, { x, y, color }, { colors }) {
  for (const [half, fill] of [
    [13, colors.page],
    [10.5, colors.ink],
    [8.5, color],
  ]) {
    context.beginPath();
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
    context.closePath();
    context.fillStyle = fill;
    context.fill();
  }
}

// Names stand beside their prototype, pushed apart so that none covers another.
function drawNames(context, { prototypes, colors, width, height, font }) {
  context.font = `600 12px ${font}`;
  context.textBaseline = "middle";
  const taken = prototypes.map(({ x, y }) => ({
    left: x - 11,
    top: y - 11,
    right: x + 11,
    bottom: y + 11,
  }));
  for (const mark of [...prototypes].sort((a, b) => a.y - b.y)) {
    const wide = context.measureText(mark.name).width + 16;
    const box = freePlace(mark, wide, taken, width, height);
    taken.push(box);
    context.beginPath();
    context.roundRect(box.left, box.top, wide, 22, 11);
    context.fillStyle = colors.page;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = mark.color;
    context.stroke();
    context.fillStyle = colors.ink;
    context.fillText(mark.name, box.left + 8, box.top + 11.5);
  }
}

function freePlace({ x, y }, wide, taken, width, height) {
  const places = [];
  for (const away of [16, 34, 56, 80]) {
    for (let turn = 0; turn < 8; turn++) {
      const angle = (turn * TAU) / 8 - TAU / 4;
      const left = x + Math.cos(angle) * (away + wide / 3) - wide / 2;
      const top = y + Math.sin(angle) * (away + 6) - 11;
      places.push({ left, top, right: left + wide, bottom: top + 22 });
    }
  }
  const inside = (box) =>
    box.left > 4 && box.top > 4 && box.right < width - 4 && box.bottom < height - 4;
  return (
    places.find((box) => inside(box) && !taken.some((other) => overlap(box, other))) ?? places[0]
  );
}

function overlap(a, b) {
  return (
    a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom + 2 && b.top < a.bottom + 2
  );
}

function drawLasso(context, { lasso, colors }) {
  context.beginPath();
  lasso.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.globalAlpha = 0.1;
  context.fillStyle = colors.accent;
  context.fill();
  context.globalAlpha = 1;
  for (const [width, color, dash] of [
    [4, colors.page, []],
    [2, colors.accent, [6, 4]],
  ]) {
    context.setLineDash(dash);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
  context.setLineDash([]);
}

function drawPointed(context, { pointed, colors }) {
  context.beginPath();
  context.arc(pointed.x, pointed.y, 7, 0, TAU);
  context.lineWidth = 2;
  context.strokeStyle = colors.ink;
  context.stroke();
}
