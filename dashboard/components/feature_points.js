// Points of the feature map on the graphics card: one draw of all classes, moved between two steps.

const VERTEX = `#version 300 es
in vec2 from; in vec2 to; in vec4 paint; in vec2 kind;
uniform float share; uniform vec2 scale; uniform vec2 offset; uniform float size;
out vec4 color; out float ring;
void main() {
  vec2 place = mix(from, to, share) * scale + offset;
  gl_Position = vec4(place, 0.0, 1.0);
  gl_PointSize = kind.y < 0.5 ? 0.0 : size * (kind.x > 0.5 ? 1.08 : 1.0);
  color = paint; ring = kind.x;
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

// Draws points; `ok` is false where the browser has no WebGL2.
export class Points {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, preserveDrawingBuffer: true });
    this.gl = gl;
    this.ok = Boolean(gl);
    if (!gl) return;
    this.program = link(gl);
    this.buffers = {};
    this.places = Object.fromEntries(["share", "scale", "offset", "size"].map(
      (name) => [name, gl.getUniformLocation(this.program, name)]));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  // order: shuffled indices, so that no class hides the others.
  setOrder(order) {
    this.order = order;
  }

  // positions: Int16Array of all points, two each.
  setPositions(from, to) {
    this.put("from", this.picked(from, 2), 2, this.gl.SHORT, false);
    this.put("to", this.picked(to, 2), 2, this.gl.SHORT, false);
  }

  // paint: Uint8Array rgba a point; kind: Uint8Array (1 = disc, 0 = ring; 1 = shown) a point.
  setLook(paint, kind) {
    this.put("paint", this.picked(paint, 4), 4, this.gl.UNSIGNED_BYTE, true);
    this.put("kind", this.picked(kind, 2), 2, this.gl.UNSIGNED_BYTE, false);
  }

  picked(values, width) {
    const result = new values.constructor(this.order.length * width);
    this.order.forEach((index, i) => {
      for (let j = 0; j < width; j++) result[i * width + j] = values[index * width + j];
    });
    return result;
  }

  put(name, values, width, type, normalised) {
    const { gl } = this;
    this.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const place = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, type, normalised, 0, 0);
  }

  // view: {zoom, x, y} maps stored units to pixels; share in [0, 1] between both positions.
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
    gl.drawArrays(gl.POINTS, 0, this.order.length);
  }
}

function link(gl) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}
