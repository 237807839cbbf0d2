/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "reference-transformer.h"

#include <cmath>
#include <complex>

namespace ecld
{

namespace
{

using Vector = std::vector<double>;

Vector
Multiply(const std::vector<float>& matrix, const Vector& x)
{
    Vector y(matrix.size() / x.size(), 0.0);
    for (std::size_t row = 0; row < y.size(); ++row)
    {
        for (std::size_t column = 0; column < x.size(); ++column)
        {
            y[row] += double(matrix[row * x.size() + column]) * x[column];
        }
    }
    return y;
}

Vector
Normalise(const Vector& x, const std::vector<float>& weight, double epsilon)
{
    double square = 0;
    for (const double value : x)
    {
        square += value * value;
    }
    const double scale = 1.0 / std::sqrt(square / double(x.size()) + epsilon);
    Vector y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
    {
        y[i] = x[i] * scale * double(weight[i]);
    }
    return y;
}

Vector
Rotate(const Vector& head, double theta, std::size_t position)
{
    const std::size_t half = head.size() / 2;
    Vector turned(head.size());
    for (std::size_t i = 0; i < half; ++i)
    {
        const double frequency = std::pow(theta, -double(i) / double(half));
        const std::complex<double> z = std::complex<double>(head[i], head[i + half]) *
                                       std::polar(1.0, frequency * double(position));
        turned[i] = z.real();
        turned[i + half] = z.imag();
    }
    return turned;
}

/// Heads of one position, normalised and turned where asked for
std::vector<Vector>
SplitHeads(const Vector& projected, std::size_t width)
{
    std::vector<Vector> heads;
    for (std::size_t first = 0; first < projected.size(); first += width)
    {
        heads.emplace_back(projected.begin() + first, projected.begin() + first + width);
    }
    return heads;
}

double
Dot(const Vector& a, const Vector& b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        sum += a[i] * b[i];
    }
    return sum;
}

Matrix
Attend(const ModelConfig& config,
       const Weights& weights,
       const std::string& prefix,
       const Matrix& input)
{
    const auto width = std::size_t(config.headDim);
    const std::size_t headsPerGroup = config.heads / config.keyValueHeads;
    const bool norms = config.architecture == Architecture::QWEN3;
    const auto project = [&](const char* part, const char* norm, std::size_t position, bool turn) {
        std::vector<Vector> heads =
            SplitHeads(Multiply(weights.at(prefix + part + ".weight"), input[position]), width);
        for (Vector& head : heads)
        {
            if (norms && norm)
            {
                head =
                    Normalise(head, weights.at(prefix + norm + ".weight"), config.rmsNormEpsilon);
            }
            if (turn)
            {
                head = Rotate(head, config.ropeTheta, position);
            }
        }
        return heads;
    };
    std::vector<std::vector<Vector>> keys;
    std::vector<std::vector<Vector>> values;
    Matrix output;
    for (std::size_t position = 0; position < input.size(); ++position)
    {
        keys.push_back(project("self_attn.k_proj", "self_attn.k_norm", position, true));
        values.push_back(project("self_attn.v_proj", nullptr, position, false));
        const std::vector<Vector> queries =
            project("self_attn.q_proj", "self_attn.q_norm", position, true);
        Vector row;
        for (std::size_t head = 0; head < queries.size(); ++head)
        {
            const std::size_t group = head / headsPerGroup;
            Vector mixed(width, 0.0);
            double sum = 0;
            for (std::size_t past = 0; past <= position; ++past)
            {
                const double weight =
                    std::exp(Dot(queries[head], keys[past][group]) / std::sqrt(double(width)));
                sum += weight;
                for (std::size_t i = 0; i < width; ++i)
                {
                    mixed[i] += weight * values[past][group][i];
                }
            }
            for (const double value : mixed)
            {
                row.push_back(value / sum);
            }
        }
        output.push_back(row);
    }
    return output;
}

void
Add(Vector& x, const Vector& y)
{
    for (std::size_t i = 0; i < x.size(); ++i)
    {
        x[i] += y[i];
    }
}

} // namespace

ReferencePass
RunReference(const ModelConfig& config, const Weights& weights, const std::vector<int32_t>& ids)
{
    ReferencePass pass;
    const std::vector<float>& embedding = weights.at("model.embed_tokens.weight");
    Matrix x;
    for (const int32_t id : ids)
    {
        const auto first = embedding.begin() + id * config.hiddenSize;
        x.emplace_back(first, first + config.hiddenSize);
    }
    pass.residuals.push_back(x);
    const auto normalise = [&](const Matrix& rows, const std::string& name) {
        Matrix normed;
        for (const Vector& row : rows)
        {
            normed.push_back(Normalise(row, weights.at(name), config.rmsNormEpsilon));
        }
        return normed;
    };
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        pass.norms.push_back(normalise(x, prefix + "input_layernorm.weight"));
        pass.attention.push_back(Attend(config, weights, prefix, pass.norms.back()));
        for (std::size_t t = 0; t < x.size(); ++t)
        {
            Add(x[t],
                Multiply(weights.at(prefix + "self_attn.o_proj.weight"), pass.attention.back()[t]));
        }
        pass.norms.push_back(normalise(x, prefix + "post_attention_layernorm.weight"));
        Matrix neurons;
        for (std::size_t t = 0; t < x.size(); ++t)
        {
            const Vector& normed = pass.norms.back()[t];
            Vector gate = Multiply(weights.at(prefix + "mlp.gate_proj.weight"), normed);
            const Vector up = Multiply(weights.at(prefix + "mlp.up_proj.weight"), normed);
            for (std::size_t i = 0; i < gate.size(); ++i)
            {
                gate[i] *= up[i] / (1.0 + std::exp(-gate[i]));
            }
            Add(x[t], Multiply(weights.at(prefix + "mlp.down_proj.weight"), gate));
            neurons.push_back(gate);
        }
        pass.neurons.push_back(neurons);
        pass.residuals.push_back(x);
    }
    const std::string output =
        config.tiedEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
    for (const Vector& row : normalise(x, "model.norm.weight"))
    {
        pass.logits.push_back(Multiply(weights.at(output), row));
    }
    return pass;
}

} // namespace ecld
