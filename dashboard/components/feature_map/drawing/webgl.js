// @ts-check
// Points of the feature map on the graphics card.

/**
 * @typedef {import("../movement/view.js").View} View
 * @typedef {Int16Array | Uint8Array} Values of the points, by turns
 * @typedef {Parameters<GraphicsPoints["put"]>} Upload
 */

const VERTEX = `#version 300 es
in vec2 from; in vec2 to; in vec4 paint; in vec4 casing; in vec2 kind;
uniform float share; uniform vec2 scale; uniform vec2 offset; uniform float size;
out vec4 color; out vec4 edge; out float ring;
void main() {
  bool absent = to.x < -32767.5;
  vec2 start = from.x < -32767.5 ? to : from;
  gl_Position = vec4(mix(start, to, share) * scale + offset, 0.0, 1.0);
  gl_PointSize = kind.y < 0.5 || absent ? 0.0 : size * (kind.x > 0.5 ? 1.08 : 1.0) * (kind.y > 1.5 ? 1.3 : 1.0);
  color = absent ? vec4(0.0) : paint; edge = absent ? vec4(0.0) : casing; ring = kind.x;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 color; in vec4 edge; in float ring; out vec4 result; uniform float size;
void main() {
  float away = length(gl_PointCoord - 0.5) * 2.0, soft = 2.0 / size;
  float inside = 1.0 - smoothstep(1.0 - soft, 1.0, away);
  if (ring < 0.5) inside *= smoothstep(0.52 - soft, 0.52 + soft, away);
  if (inside < 0.02) discard;
  float wide = max(0.24, soft), cased = edge.a > 0.0 ? smoothstep(1.0 - wide - soft, 1.0 - wide, away) : 0.0;
  result = vec4(mix(color.rgb, edge.rgb, cased), 1.0) * color.a * inside;
}`;

/** Points drawn by the graphics card, moved between two steps by its shader. */
export class GraphicsPoints {
  /** @type {WebGLProgram} */ program;
  /** @type {{ [name: string]: WebGLUniformLocation | null }} */ places;
  /** @type {{ [name: string]: Upload }} */ kept = {};
  /** @type {{ [name: string]: WebGLBuffer }} */ buffers = {};
  count = 0;

  /**
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} redraw
   */
  constructor(gl, redraw) {
    this.gl = gl;
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
    const place = (/** @type {string} */ name) => gl.getUniformLocation(this.program, name);
    this.places = {
      share: place("share"),
      scale: place("scale"),
      offset: place("offset"),
      size: place("size"),
    };
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    for (const upload of Object.values(this.kept)) this.put(...upload);
  }

  /**
   * @param {Uint32Array} order shuffled indices, so that no class hides the others
   * @param {Int16Array} from x and y of every point
   * @param {Int16Array} to the same after the morph
   */
  setPositions(order, from, to) {
    this.count = order.length;
    this.put("from", picked(order, from, 2), 2, this.gl.SHORT, false);
    this.put("to", picked(order, to, 2), 2, this.gl.SHORT, false);
  }

  /**
   * @param {Uint32Array} order
   * @param {Uint8Array} paint red, green, blue, opacity of every point
   * @param {Uint8Array} kind of every point: 1 disc or 0 ring; 0 hidden, 1 shown, 2 selected
   * @param {Uint8Array} casing red, green, blue, opacity of the edge of every point
   */
  setLook(order, paint, kind, casing) {
    this.put("paint", picked(order, paint, 4), 4, this.gl.UNSIGNED_BYTE, true);
    this.put("casing", picked(order, casing, 4), 4, this.gl.UNSIGNED_BYTE, true);
    this.put("kind", picked(order, kind, 2), 2, this.gl.UNSIGNED_BYTE, false);
  }

  /**
   * @param {string} name of the attribute
   * @param {Values} values
   * @param {number} width numbers a point
   * @param {number} type of the graphics card
   * @param {boolean} normalized whether 255 stands for 1
   */
  put(name, values, width, type, normalized) {
    const { gl } = this;
    this.kept[name] = [name, values, width, type, normalized];
    this.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const place = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, type, normalized, 0, 0);
  }

  /**
   * @param {View} view of the canvas' own pixels
   * @param {number} share of the morph, in [0, 1]
   * @param {number} size in pixels
   */
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
  destroy() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/**
 * Return the values of every point in another order.
 * @template {Values} T
 * @param {Uint32Array} order
 * @param {T} values
 * @param {number} width numbers a point
 * @returns {T}
 */
function picked(order, values, width) {
  const result = /** @type {T} */ (values.slice(0, order.length * width));
  order.forEach((index, i) => {
    for (let j = 0; j < width; j++) result[i * width + j] = values[index * width + j];
  });
  return result;
}

/** @param {WebGL2RenderingContext} gl */
function link(gl) {
  const program = gl.createProgram();
  const shaders = /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]);
  for (const [type, source] of shaders) {
    const shader = gl.createShader(type);
    if (!shader) break; // the context was lost; it begins anew once restored
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}
