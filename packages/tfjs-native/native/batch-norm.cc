// Batch normalisation in training with what stands around it: an addition and a ReLU after it, and in its gradient the
// additions of gradients before and after. Memory is read and written once where separate operations do so for each.
#include "batch-norm.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "parallel.h"

namespace sd {
namespace {

// How many numbers a task reads of a tensor, about; a multiple of the period.
constexpr int64_t kTask = 1 << 15;
// Channels lie side by side in memory. Tables of coefficients repeat them up to this length, so that the innermost loop is
// long for a few channels too.
constexpr int64_t kPeriod = 256;

struct Settings {
  float epsilon, momentum;
  bool relu;
};

void* Create(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Settings{attributes.Float("epsilon"), attributes.Float("momentum"), attributes.Bool("relu")};
}

struct GradientSettings {
  bool relu;
  // Whether the gradient at the normalisation's output is wanted as well.
  bool keep;
  int gradients;
};

void* CreateGradient(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new GradientSettings{attributes.Bool("relu"), attributes.Bool("keep"), attributes.Int("N")};
}

// How rows of channels are cut.
struct Layout {
  int64_t size, channels, period, task, tasks;

  Layout(int64_t size, int64_t channels) : size(size), channels(channels) {
    period = channels * std::max<int64_t>(1, kPeriod / channels);
    task = period * std::max<int64_t>(1, kTask / period);
    tasks = (size + task - 1) / task;
  }
  int64_t first(int64_t i) const { return i * task; }
  // The tasks from the last one on: a second pass over memory begins with what the first one has left in the caches.
  int64_t backwards(int64_t i) const { return tasks - 1 - i; }
  int64_t length(int64_t i) const { return std::min(task, size - i * task); }

  // A number a channel, again and again up to the period.
  std::vector<float> Repeat(const std::vector<double>& values) const {
    std::vector<float> table(static_cast<size_t>(period));
    for (int64_t j = 0; j < period; ++j) table[j] = static_cast<float>(values[j % channels]);
    return table;
  }

  // Sums a channel of what the tasks found a place of the period.
  std::vector<double> Combine(const std::vector<float>& found) const {
    std::vector<double> sums(static_cast<size_t>(channels), 0.0);
    for (int64_t i = 0; i < tasks; ++i) {
      for (int64_t j = 0; j < period; ++j) sums[j % channels] += found[i * period + j];
    }
    return sums;
  }
};

// Σ (x − pivot) and Σ (x − pivot)², a place of the period: near the mean nothing is lost to cancellation.
SD_VECTORISED void Moments(const float* x, int64_t n, const float* pivot, int64_t period, float* sum, float* square) {
  std::memset(sum, 0, sizeof(float) * period);
  std::memset(square, 0, sizeof(float) * period);
  int64_t at = 0;
  for (; at + 4 * period <= n; at += 4 * period) {
    const float *a = x + at, *b = a + period, *c = b + period, *d = c + period;
#pragma GCC ivdep
    for (int64_t j = 0; j < period; ++j) {
      const float p = pivot[j];
      const float u = a[j] - p, v = b[j] - p, w = c[j] - p, z = d[j] - p;
      sum[j] += (u + v) + (w + z);
      square[j] += (u * u + v * v) + (w * w + z * z);
    }
  }
  for (; at < n; at += period) {
    const int64_t length = std::min(period, n - at);
#pragma GCC ivdep
    for (int64_t j = 0; j < length; ++j) {
      const float u = x[at + j] - pivot[j];
      sum[j] += u;
      square[j] += u * u;
    }
  }
}

// factor · (x − mean) + offset, with what is added and the ReLU after it.
template <bool kSide, bool kRelu>
inline __attribute__((always_inline)) void NormaliseAs(const float* x, const float* side, int64_t n, const float* mean,
                                                       const float* factor, const float* offset, int64_t period,
                                                       float* y) {
  for (int64_t at = 0; at < n; at += period) {
    const int64_t length = std::min(period, n - at);
#pragma GCC ivdep
    for (int64_t j = 0; j < length; ++j) {
      float value = (x[at + j] - mean[j]) * factor[j] + offset[j];
      if (kSide) value += side[at + j];
      y[at + j] = kRelu && value < 0 ? 0 : value;  // What is no number stays so.
    }
  }
}

SD_VECTORISED void Normalise(const float* x, const float* side, bool relu, int64_t n, const float* mean,
                             const float* factor, const float* offset, int64_t period, float* y) {
  if (side != nullptr) {
    if (relu) NormaliseAs<true, true>(x, side, n, mean, factor, offset, period, y);
    else NormaliseAs<true, false>(x, side, n, mean, factor, offset, period, y);
  } else {
    if (relu) NormaliseAs<false, true>(x, side, n, mean, factor, offset, period, y);
    else NormaliseAs<false, false>(x, side, n, mean, factor, offset, period, y);
  }
}

// x, scale, offset, running mean, running variance, what is added (none or one) →
// y, mean and variance (running, or the batch's), the batch's mean and 1 / √(variance + epsilon).
void Compute(void* given, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<Settings*>(given);
  const Call call(context);
  const Tensor x = call.Input(0), scale = call.Input(1), offset = call.Input(2);
  const Tensor old_mean = call.Input(3), old_variance = call.Input(4);
  const bool added = call.inputs() > 5;
  const Tensor side = call.Input(added ? 5 : 0);
  const int64_t channels = scale.size();
  if (channels == 0 || x.size() % channels != 0 || x.size() == 0 || side.size() != x.size()) {
    return call.Fail("batch normalisation: expected rows of as many channels as there are scales");
  }
  const Tensor y = call.Output(0, x.shape());
  const std::vector<int64_t> vector{channels};
  const Tensor mean = call.Output(1, vector), variance = call.Output(2, vector);
  const Tensor batch_mean = call.Output(3, vector), inverse = call.Output(4, vector);
  if (!y || !mean || !variance || !batch_mean || !inverse) return;

  const Layout layout(x.size(), channels);
  std::vector<double> first(x.data(), x.data() + channels);
  const std::vector<float> pivot = layout.Repeat(first);
  std::vector<float> sums(layout.tasks * layout.period), squares(layout.tasks * layout.period);
  Parallel(layout.tasks, [&](int64_t i) {
    Moments(x.data() + layout.first(i), layout.length(i), pivot.data(), layout.period,
            sums.data() + i * layout.period, squares.data() + i * layout.period);
  });
  const std::vector<double> sum = layout.Combine(sums), square = layout.Combine(squares);
  const double rows = static_cast<double>(x.size() / channels);
  std::vector<double> means(channels), factors(channels), offsets(channels);
  const bool running = old_mean.size() == channels;
  for (int64_t c = 0; c < channels; ++c) {
    const double shift = sum[c] / rows;
    const double biased = std::max(0.0, square[c] / rows - shift * shift);
    const double unbiased = biased * rows / std::max(1.0, rows - 1);
    means[c] = first[c] + shift;
    const double inverse_deviation = 1 / std::sqrt(biased + settings.epsilon);
    factors[c] = scale.data()[c] * inverse_deviation;
    offsets[c] = offset.data()[c];
    batch_mean.data()[c] = static_cast<float>(means[c]);
    inverse.data()[c] = static_cast<float>(inverse_deviation);
    const double share = running ? settings.momentum : 1;
    const double kept_mean = running ? old_mean.data()[c] : 0, kept_variance = running ? old_variance.data()[c] : 0;
    mean.data()[c] = static_cast<float>((1 - share) * kept_mean + share * means[c]);
    variance.data()[c] = static_cast<float>((1 - share) * kept_variance + share * unbiased);
  }
  const std::vector<float> m = layout.Repeat(means), f = layout.Repeat(factors), o = layout.Repeat(offsets);
  Parallel(layout.tasks, [&](int64_t k) {
    const int64_t i = layout.backwards(k), at = layout.first(i);
    Normalise(x.data() + at, added ? side.data() + at : nullptr, settings.relu, layout.length(i), m.data(),
              f.data(), o.data(), layout.period, y.data() + at);
  });
}

// The gradient g at the normalisation's output, of one gradient or the sum of two and 0 where the ReLU was, and Σ g and
// Σ g · (x − mean), a place of the period. g may lie where a gradient lies.
template <bool kSecond, bool kRelu>
inline __attribute__((always_inline)) void GradientSumsAs(const float* dy, const float* second, const float* y,
                                                          const float* x, int64_t n, const float* mean, int64_t period,
                                                          float* g, float* sum, float* product) {
  std::memset(sum, 0, sizeof(float) * period);
  std::memset(product, 0, sizeof(float) * period);
  for (int64_t at = 0; at < n; at += period) {
    const int64_t length = std::min(period, n - at);
#pragma GCC ivdep
    for (int64_t j = 0; j < length; ++j) {
      const int64_t k = at + j;
      float value = dy[k];
      if (kSecond) value += second[k];
      if (kRelu) value = y[k] > 0 ? value : 0;
      if (kSecond || kRelu) g[k] = value;
      sum[j] += value;
      product[j] += value * (x[k] - mean[j]);
    }
  }
}

SD_VECTORISED void GradientSums(const float* dy, const float* second, const float* y, const float* x, int64_t n,
                                const float* mean, int64_t period, float* g, float* sum, float* product) {
  if (second != nullptr) {
    if (y != nullptr) GradientSumsAs<true, true>(dy, second, y, x, n, mean, period, g, sum, product);
    else GradientSumsAs<true, false>(dy, second, y, x, n, mean, period, g, sum, product);
  } else {
    if (y != nullptr) GradientSumsAs<false, true>(dy, second, y, x, n, mean, period, g, sum, product);
    else GradientSumsAs<false, false>(dy, second, y, x, n, mean, period, g, sum, product);
  }
}

// factor · g + slope · (x − mean) + shift, and what is added. The result may lie where g lies.
template <bool kAddend>
inline __attribute__((always_inline)) void GradientAs(const float* g, const float* x, const float* addend, int64_t n,
                                                      const float* mean, const float* factor, const float* slope,
                                                      const float* shift, int64_t period, float* dx) {
  for (int64_t at = 0; at < n; at += period) {
    const int64_t length = std::min(period, n - at);
#pragma GCC ivdep
    for (int64_t j = 0; j < length; ++j) {
      const int64_t k = at + j;
      float value = factor[j] * g[k] + slope[j] * (x[k] - mean[j]) + shift[j];
      if (kAddend) value += addend[k];
      dx[k] = value;
    }
  }
}

SD_VECTORISED void Gradient(const float* g, const float* x, const float* addend, int64_t n, const float* mean,
                            const float* factor, const float* slope, const float* shift, int64_t period, float* dx) {
  if (addend != nullptr) GradientAs<true>(g, x, addend, n, mean, factor, slope, shift, period, dx);
  else GradientAs<false>(g, x, addend, n, mean, factor, slope, shift, period, dx);
}

// Whether there is a number for each of another tensor: the same shape, or more channels.
bool Covers(std::vector<int64_t> wide, std::vector<int64_t> shape) {
  if (wide.empty() || wide.size() != shape.size() || wide.back() < shape.back()) return false;
  wide.pop_back();
  shape.pop_back();
  return wide == shape;
}

// Adds the first channels of rows that have more.
SD_VECTORISED void AddRows(const float* addend, int64_t rows, int64_t channels, int64_t stride, float* dx) {
  for (int64_t row = 0; row < rows; ++row) {
    const float* from = addend + row * stride;
    float* to = dx + row * channels;
#pragma GCC ivdep
    for (int64_t c = 0; c < channels; ++c) to[c] += from[c];
  }
}

// One or two gradients, x, scale, the batch's mean and 1 / √(variance + epsilon), y (read where there is a ReLU), what is
// added (none or one; of rows with more channels the first) → dx, dscale, doffset, and g where it is kept.
void ComputeGradient(void* given, TF_OpKernelContext* context) {
  const GradientSettings& settings = *static_cast<GradientSettings*>(given);
  const Call call(context);
  const int n = settings.gradients;
  const bool two = n > 1, added = call.inputs() > n + 5;
  const Tensor dy = call.Input(0), second = call.Input(two ? 1 : 0);
  const Tensor x = call.Input(n), scale = call.Input(n + 1), mean = call.Input(n + 2), inverse = call.Input(n + 3);
  const Tensor y = call.Input(n + 4), addend = call.Input(added ? n + 5 : n);
  const int64_t channels = scale.size(), size = x.size();
  if (channels == 0 || size % channels != 0 || dy.size() != size || second.size() != size || y.size() != size ||
      !Covers(addend.shape(), x.shape()) || mean.size() != channels || inverse.size() != channels) {
    return call.Fail("the gradient of batch normalisation: expected tensors of one shape, and a number a channel");
  }
  const std::vector<int64_t> vector{channels}, shape = x.shape(), none{0};
  const bool keep = settings.keep, changed = two || settings.relu;
  const std::initializer_list<int> one{0}, both{0, 1};
  // g lies in the memory of what it is computed from, where nobody else needs that: in dx, or as an output of its own.
  const Tensor dx = keep ? call.Output(0, shape) : call.OutputOver(two ? both : one, 0, shape);
  const Tensor kept = keep ? call.OutputOver(two ? both : one, 3, shape) : call.Output(3, none);
  const Tensor dscale = call.Output(1, vector), doffset = call.Output(2, vector);
  if (!dx || !kept || !dscale || !doffset) return;
  float* const written = keep ? kept.data() : dx.data();
  const float* const g = changed ? written : dy.data();

  const int64_t stride = addend.shape().back();
  const bool wider = stride > channels;
  const Layout layout(size, channels);
  std::vector<float> sums(layout.tasks * layout.period), products(layout.tasks * layout.period);
  const std::vector<double> means(mean.data(), mean.data() + channels);
  const std::vector<float> m = layout.Repeat(means);
  Parallel(layout.tasks, [&](int64_t i) {
    const int64_t at = layout.first(i);
    GradientSums(dy.data() + at, two ? second.data() + at : nullptr, settings.relu ? y.data() + at : nullptr,
                 x.data() + at, layout.length(i), m.data(), layout.period, written + at,
                 sums.data() + i * layout.period, products.data() + i * layout.period);
  });
  const std::vector<double> sum = layout.Combine(sums), product = layout.Combine(products);
  const double rows = static_cast<double>(size / channels);
  std::vector<double> factors(channels), slopes(channels), shifts(channels);
  for (int64_t c = 0; c < channels; ++c) {
    const double deviation = inverse.data()[c];
    dscale.data()[c] = static_cast<float>(product[c] * deviation);
    doffset.data()[c] = static_cast<float>(sum[c]);
    factors[c] = scale.data()[c] * deviation;
    slopes[c] = -factors[c] * deviation * deviation * product[c] / rows;
    shifts[c] = -factors[c] * sum[c] / rows;
  }
  const std::vector<float> f = layout.Repeat(factors), s = layout.Repeat(slopes), t = layout.Repeat(shifts);
  Parallel(layout.tasks, [&](int64_t k) {
    const int64_t i = layout.backwards(k), at = layout.first(i), length = layout.length(i);
    Gradient(g + at, x.data() + at, added && !wider ? addend.data() + at : nullptr, length, m.data(), f.data(), s.data(),
             t.data(), layout.period, dx.data() + at);
    if (wider) AddRows(addend.data() + at / channels * stride, length / channels, channels, stride, dx.data() + at);
  });
}

void Shapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  SetShape(context, 0, 0, status);
  for (int i = 1; i < 5 && TF_GetCode(status) == TF_OK; ++i) SetShape(context, i, 1, status);
}

// The gradient has the shape of x, whose place depends on the number of gradients: the first of them is of that shape too.
void GradientShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  UnknownShapes(context, status);
  if (TF_GetCode(status) == TF_OK) SetShape(context, 0, 0, status);
}

}  // namespace

std::vector<const char*> RegisterBatchNorm(TF_Status* status) {
  const char* const forward = "SdBatchNorm";
  const char* const backward = "SdBatchNormGradient";
  Register({forward,
            {"x: float", "scale: float", "offset: float", "old_mean: float", "old_variance: float", "side: M * float"},
            {"y: float", "mean: float", "variance: float", "batch_mean: float", "inverse: float"},
            {"epsilon: float", "momentum: float", "relu: bool", "M: int >= 0"},
            Shapes, Create, Compute, Destroy<Settings>},
           status);
  Register({backward,
            {"dy: N * float", "x: float", "scale: float", "mean: float", "inverse: float", "y: float",
             "addend: M * float"},
            {"dx: float", "dscale: float", "doffset: float", "g: float"},
            {"relu: bool", "keep: bool", "N: int >= 1", "M: int >= 0"},
            GradientShapes, CreateGradient, ComputeGradient, Destroy<GradientSettings>},
           status);
  return {forward, backward};
}

}  // namespace sd
