// A recipe of the trainer as a study's configuration.
import type { ImageAugmentation, Mixing } from "@sd/data";
import { type Preset, type PresetMethod, presets } from "@sd/trainer-gpu";
import { Document, isMap, isSeq, visit } from "yaml";
import { UsageError } from "../errors.ts";
import { nearest } from "./nearest.ts";

/** The combinations of recipe, data set and network, as they are asked for: `paper/cifar-100/resnet-34`. */
export const presetNames: readonly string[] = Object.entries(presets).flatMap(([name, preset]) =>
  Object.keys(preset.data).flatMap((data) =>
    Object.keys(preset.networks).map((network) => `${name}/${data}/${network}`),
  ),
);

/** What the data sets of the recipes are called when they are opened. */
const opened = (data: string): string => (data === "tiny-imagenet" ? "tiny-imagenet-200" : data);

/** The options that are not the default are all of them: a recipe says everything. */
const record = ({ name, options }: ImageAugmentation | Mixing): object => ({ name, ...options });

function methodOf({ method, generations }: PresetMethod): object | string {
  const { name, options } = method;
  if (Object.keys(options).length === 0) return name;
  return { name, ...options, ...(generations > 0 ? { generations } : {}) };
}

function studyOf(preset: Preset, data: string, network: string): object {
  const { train, validation, size, augment } = preset.data[data]!;
  const { model, epochs, batchSize, optimizer, schedule } = preset.networks[network]!;
  const { learningRate, ...rule } = optimizer;
  const { images = [], mix } = augment;
  const changes = [...images, ...(mix ? [mix] : [])].map(record);
  // Training images may be cut to another size than the files have; those that judge are brought to it.
  const resized = images.some(({ outputSize }) => outputSize !== undefined);
  return {
    data: { name: opened(data), ...(train === undefined ? {} : { train }), validation },
    augment: changes,
    ...(resized ? { evaluate: [{ name: "resize", size }] } : {}),
    ...{ model, epochs, batchSize },
    optimizer: { name: "sgd", lr: learningRate, ...rule },
    schedule,
    methods: Object.values(preset.methods).map(methodOf),
    seeds: preset.seeds,
  };
}

/** Lists and small objects on one line each, as people write them. */
function format(value: object): string {
  const document = new Document(value);
  visit(document, {
    Collection(_, node, path) {
      const inner = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
      const flat = !inner.some((item) => isMap(item) || isSeq(item));
      if (path.length > 1 && flat) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: true });
}

/**
 * The study of a recipe, as YAML.
 *
 * @throws UsageError on a name that is none of {@link presetNames}.
 */
export function presetStudy(name: string): string {
  if (!presetNames.includes(name)) {
    const meant = nearest(name, presetNames);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    throw new UsageError(`--preset ${name}: expected one of ${presetNames.join(", ")}${hint}`);
  }
  const [recipe, data, network] = name.split("/") as [keyof typeof presets, string, string];
  const preset = presets[recipe];
  const study = { name: name.replaceAll("/", "-"), ...studyOf(preset, data, network) };
  return `# ${preset.about}\n${format(study)}`;
}
