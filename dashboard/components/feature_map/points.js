// Points of the feature map: one draw of all classes in shuffled order, moved between two steps.

import { UNPLACED } from "./view.js";

const VERTEX = `#version 300 es
in vec2 from; in vec2 to; in vec4 paint; in vec2 kind;
uniform float share; uniform vec2 scale; uniform vec2 offset; uniform float size;
out vec4 color; out float ring;
void main() {
  bool absent = to.x < -32767.5;
  vec2 start = from.x < -32767.5 ? to : from;
  gl_Position = vec4(mix(start, to, share) * scale + offset, 0.0, 1.0);
  gl_PointSize = kind.y < 0.5 || absent ? 0.0 : size * (kind.x > 0.5 ? 1.08 : 1.0);
  color = absent ? vec4(0.0) : paint; ring = kind.x;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 color; in float ring; out vec4 result; uniform float size;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0, soft = 2.0 / size;
  float inside = 1.0 - smoothstep(1.0 - soft, 1.0, away);
  if (ring < 0.5) inside *= smoothstep(0.52 - soft, 0.52 + soft, away);
  if (inside < 0.02) discard;
  result = vec4(color.rgb, 1.0) * color.a * inside;
}`;

// Return what draws points on a canvas: the graphics card, or without WebGL2 a plain canvas.
export function pointsOn(canvas, redraw) {
  const gl = canvas.getContext("webgl2", {
    alpha: true,
    antialias: false,
    preserveDrawingBuffer: true,
  });
  return gl ? new GraphicsPoints(gl, redraw) : new PlainPoints(canvas);
}

class GraphicsPoints {
  constructor(gl, redraw) {
    this.gl = gl;
    this.kept = {};
    this.begin();
    gl.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    gl.canvas.addEventListener("webglcontextrestored", () => {
      this.begin();
      redraw();
    });
  }

  begin() {
    const { gl } = this;
    this.program = link(gl);
    this.buffers = {};
    this.places = Object.fromEntries(
      ["share", "scale", "offset", "size"].map((name) => [
        name,
        gl.getUniformLocation(this.program, name),
      ]),
    );
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    Object.values(this.kept).forEach((values) => this.put(...values));
  }

  // order: shuffled indices, so that no class hides the others; from, to: int16, two a point.
  setPositions(order, from, to) {
    this.count = order.length;
    this.put("from", picked(order, from, 2), 2, this.gl.SHORT, false);
    this.put("to", picked(order, to, 2), 2, this.gl.SHORT, false);
  }

  // paint: uint8 rgba a point; kind: uint8 (1 = disc, 0 = ring; 1 = shown) a point.
  setLook(order, paint, kind) {
    this.put("paint", picked(order, paint, 4), 4, this.gl.UNSIGNED_BYTE, true);
    this.put("kind", picked(order, kind, 2), 2, this.gl.UNSIGNED_BYTE, false);
  }

  put(name, values, width, type, normalised) {
    const { gl } = this;
    this.kept[name] = [name, values, width, type, normalised];
    this.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const place = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, type, normalised, 0, 0);
  }

  // view: of the canvas' own pixels; share in [0, 1] between both positions; size in pixels.
  draw(view, share, size) {
    const { gl } = this;
    const { width, height } = gl.canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.buffers.paint || !this.buffers.to) return;
    gl.useProgram(this.program);
    gl.uniform1f(this.places.share, share);
    gl.uniform2f(this.places.scale, (2 * view.zoom) / width, (2 * view.zoom) / height);
    gl.uniform2f(this.places.offset, (2 * view.x) / width - 1, 1 - (2 * view.y) / height);
    gl.uniform1f(this.places.size, size);
    gl.drawArrays(gl.POINTS, 0, this.count);
  }

  // Contexts are few: give this one back.
  end() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

class PlainPoints {
  constructor(canvas) {
    this.context = canvas.getContext("2d");
  }

  setPositions(order, from, to) {
    Object.assign(this, { order, from, to });
  }

  setLook(order, paint, kind) {
    Object.assign(this, { order, paint, kind });
  }

  draw(view, share, size) {
    const { context, from, to, kind, paint } = this;
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    if (!to || !kind) return;
    context.lineWidth = size * 0.22;
    for (const i of this.order) {
      if (!kind[2 * i + 1] || to[2 * i] === UNPLACED) continue;
      const start = from[2 * i] === UNPLACED ? to : from;
      const x = start[2 * i] + share * (to[2 * i] - start[2 * i]);
      const y = start[2 * i + 1] + share * (to[2 * i + 1] - start[2 * i + 1]);
      context.fillStyle =
        context.strokeStyle = `rgb(${paint[4 * i]} ${paint[4 * i + 1]} ${paint[4 * i + 2]} / ${paint[4 * i + 3] / 255})`;
      context.beginPath();
      context.arc(
        x * view.zoom + view.x,
        view.y - y * view.zoom,
        size * (kind[2 * i] ? 0.5 : 0.39),
        0,
        7,
      );
      if (kind[2 * i]) context.fill();
      else context.stroke();
    }
  }

  end() {}
}

function picked(order, values, width) {
  const result = new values.constructor(order.length * width);
  order.forEach((index, i) => {
    for (let j = 0; j < width; j++) result[i * width + j] = values[index * width + j];
  });
  return result;
}

function link(gl) {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}

// Return colour and opacity of every point, and its domain and whether it is shown at all.
export function lookOf(rows, colors) {
  const count = rows.shown.length;
  const paint = new Uint8Array(4 * count),
    kind = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = colors[rows.color[i]];
    paint.set([red, green, blue, rows.strong[i] ? 230 : 60], 4 * i);
    kind.set([rows.domain[i], rows.shown[i]], 2 * i);
  }
  return [paint, kind];
}

// Return the same order every time: a shuffle by a small generator of its own.
export function shuffled(count) {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
