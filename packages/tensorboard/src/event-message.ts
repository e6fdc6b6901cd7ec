import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

// The field numbers are those of TensorFlow's event.proto, summary.proto, tensor.proto and tensor_shape.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const METADATA = { pluginData: 1, dataClass: 4 } as const;
const PLUGIN = { name: 1 } as const;
const TENSOR = { dtype: 1, shape: 2, content: 4, strings: 8 } as const;
const SHAPE = { dimension: 2, size: 1 } as const;

const { LengthDelimited, Varint, Bit32, Bit64 } = WireType;

const DT_DOUBLE = 2;
const DT_STRING = 7;

/** When an event happened. */
export interface When {
  /** Unix milliseconds. */
  readonly time: number;
  readonly step: number;
}

/** Which of TensorBoard's plugins shows a value, and how its values are kept. */
export interface Plugin {
  readonly name: "images" | "histograms" | "text";
  /** `DataClass` of summary.proto. */
  readonly dataClass: number;
}

/** Numbers or texts in a shape; numbers are doubles. */
export type Tensor = { readonly shape: readonly number[] } & (
  | { readonly strings: readonly (string | Uint8Array)[] }
  | { readonly doubles: Float64Array }
);

const writer = new BinaryWriter();

/** What every event file begins with. */
export function versionEvent(time: number): Uint8Array {
  begin({ time, step: 0 });
  return writer.tag(EVENT.fileVersion, LengthDelimited).string("brain.Event:2").finish();
}

/** Numbers, each under its name. TensorBoard keeps 32 bits of them, whatever it is given. */
export function scalarsEvent(when: When, names: readonly string[], values: Float64Array): Uint8Array {
  begin(when);
  writer.tag(EVENT.summary, LengthDelimited).fork();
  for (let i = 0; i < names.length; i++) {
    writer.tag(SUMMARY.value, LengthDelimited).fork();
    writer.tag(VALUE.tag, LengthDelimited).string(names[i]!);
    // What 32 bits cannot hold is infinite there.
    writer.tag(VALUE.simpleValue, Bit32).float(Math.fround(values[i]!)).join();
  }
  return writer.join().finish();
}

/** A tensor under a name, for one of the plugins. */
export function tensorEvent(when: When, name: string, plugin: Plugin, tensor: Tensor): Uint8Array {
  begin(when);
  writer.tag(EVENT.summary, LengthDelimited).fork();
  writer.tag(SUMMARY.value, LengthDelimited).fork();
  writer.tag(VALUE.tag, LengthDelimited).string(name);
  writer.tag(VALUE.metadata, LengthDelimited).fork();
  writer.tag(METADATA.pluginData, LengthDelimited).fork();
  writer.tag(PLUGIN.name, LengthDelimited).string(plugin.name).join();
  writer.tag(METADATA.dataClass, Varint).int32(plugin.dataClass).join();
  writeTensor(tensor);
  return writer.join().join().finish();
}

function begin({ time, step }: When): void {
  writer.tag(EVENT.wallTime, Bit64).double(time / 1000);
  if (step !== 0) writer.tag(EVENT.step, Varint).int64(step);
}

function writeTensor(tensor: Tensor): void {
  writer.tag(VALUE.tensor, LengthDelimited).fork();
  writer.tag(TENSOR.dtype, Varint).int32("doubles" in tensor ? DT_DOUBLE : DT_STRING);
  writer.tag(TENSOR.shape, LengthDelimited).fork();
  for (const size of tensor.shape) {
    writer.tag(SHAPE.dimension, LengthDelimited).fork().tag(SHAPE.size, Varint).int64(size).join();
  }
  writer.join();
  if ("doubles" in tensor) {
    const { buffer, byteOffset, byteLength } = tensor.doubles;
    writer.tag(TENSOR.content, LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
  } else {
    for (const text of tensor.strings) {
      writer.tag(TENSOR.strings, LengthDelimited);
      if (typeof text === "string") writer.string(text);
      else writer.bytes(text);
    }
  }
  writer.join();
}
