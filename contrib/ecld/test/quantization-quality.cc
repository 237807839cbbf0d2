/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Quantised teachers against the unquantised one and against llama.cpp's own quantisers:
// ecld-quantization-quality SIZE FOLDER LLAMA_CLIENT [--dampings]. Trains the teacher that `ecld
// --size=SIZE` trains, or takes the one that FOLDER has. Fails where ours is not closer to the
// teacher in the same bytes: than llama.cpp's without calibration, and by inputs than llama.cpp's
// with the same mean squares of the inputs; or where all rows at once are farther than row after
// row. Half of the held-out texts choose the damping of the input metric, with --dampings, and are
// not reported beside. Perplexities are printed: a teacher that fits its texts too well may gain by
// any error.

#include "compress/gguf-blocks.h"
#include "compress/input-products.h"
#include "compress/matrix-refinement.h"
#include "format/gguf.h"
#include "ggml-library.h"
#include "measure/interval.h"
#include "model/tensor-names.h"
#include "model/transformer.h"
#include "teach/teacher.h"
#include "text-scores.h"

#include <array>
#include <cmath>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <stdexcept>

using namespace ecld;

namespace
{

/// Dampings of the input metric that are compared.
constexpr std::array<double, 4> DAMPINGS{0.001, 0.01, 0.1, 1};

/// Names of rows that others are compared with.
const std::string LLAMA = "llama.cpp";
const std::string LLAMA_CALIBRATED = "llama.cpp, imatrix";
const std::string BY_INPUTS = "refined, inputs";
const std::string ALL_ROWS = "refined, all rows";
const std::string ALL_ROWS_ONCE = "refined, all rows once";

/// Most of the divergence of llama.cpp's calibrated quantiser that all rows at once may leave.
constexpr double LARGEST_SHARE = 0.7;

/// CTest's sign of a test that cannot run here.
constexpr int SKIPPED = 77;

/// Given the name of a matrix, a type and the weights; returns the weights that the type holds.
using Quantiser =
    std::function<std::vector<float>(const std::string&, GgufType, const WeightRows&)>;

/// @param type of the matrices, where rows do not divide the next larger @return the model
LanguageModel
Quantize(const LanguageModel& teacher, GgufType type, const Quantiser& quantize)
{
    LanguageModel model = teacher.Clone();
    for (const auto& [name, weight] : teacher.GetNetwork().GetWeights())
    {
        if (weight.dim() < 2)
        {
            continue;
        }
        const at::Tensor values = weight.detach().contiguous();
        const WeightRows rows{values.data_ptr<float>(),
                              static_cast<std::size_t>(values.size(0)),
                              static_cast<std::size_t>(values.size(1))};
        std::vector<float> stored =
            quantize(name, CanQuantize(type, rows.columns) ? type : GgufType::Q4_1, rows);
        model.GetNetwork().SetWeight(name, at::from_blob(stored.data(), values.sizes()).clone());
    }
    return model;
}

std::vector<float>
Expand(GgufType type, const std::vector<std::byte>& blocks, const WeightRows& rows)
{
    std::vector<float> values(rows.rows * rows.columns);
    DequantizeBlocks(type, blocks.data(), values.size(), values.data());
    return values;
}

std::size_t
CountBytes(GgufType type, const WeightRows& rows)
{
    return GetGgufTensorBytes(type,
                              {static_cast<int64_t>(rows.rows), static_cast<int64_t>(rows.columns)},
                              "matrix");
}

std::vector<float>
QuantizeOurs(GgufType type, const WeightRows& rows, QuantizationMethod method)
{
    std::vector<std::byte> blocks(CountBytes(type, rows));
    QuantizeBlocks(type, rows, method, blocks.data());
    return Expand(type, blocks, rows);
}

/// Named quantisers, in the order of the table.
using Methods = std::vector<std::pair<std::string, Quantiser>>;

/// @return mean of a less b over texts, with its interval
Interval
Subtract(const std::vector<double>& a, const std::vector<double>& b)
{
    std::vector<double> differences;
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        differences.push_back(a[i] - b[i]);
    }
    return BootstrapMean(differences);
}

/**
 * Print a line for each method.
 * @param teacher the unquantised model
 * @param type of the matrices
 * @param methods llama.cpp's first
 * @param texts what is predicted
 * @return whether each of ours is closer to the teacher than llama.cpp's, and ours by inputs than
 *         llama.cpp's with its own calibration, the intervals over texts below zero; and all rows
 *         at once no farther than row after row, and within LARGEST_SHARE
 */
bool
CompareMethods(const LanguageModel& teacher,
               GgufType type,
               const Methods& methods,
               const TokenCorpus& texts)
{
    bool isBetter = true;
    std::map<std::string, TextScores> all;
    for (const auto& [name, quantize] : methods)
    {
        const TextScores& scores =
            all.emplace(name, Score(Quantize(teacher, type, quantize), teacher, texts))
                .first->second;
        const Interval loss = Subtract(scores.losses, all.at(LLAMA).losses);
        const Interval divergence = Subtract(scores.divergences, all.at(LLAMA).divergences);
        std::cout << std::left << std::setw(5) << GetName(type) << std::setw(22) << name
                  << " perplexity " << std::exp(BootstrapMean(scores.losses).mean)
                  << ", divergence " << BootstrapMean(scores.divergences).mean
                  << "; less llama.cpp's: loss " << loss.mean << " [" << loss.low << ", "
                  << loss.high << "], divergence " << divergence.mean << " [" << divergence.low
                  << ", " << divergence.high << "]" << std::endl;
        isBetter = isBetter && (name.rfind("refined", 0) != 0 || divergence.high < 0);
    }
    const Interval calibrated =
        Subtract(all.at(BY_INPUTS).divergences, all.at(LLAMA_CALIBRATED).divergences);
    std::cout << std::setw(5) << GetName(type) << BY_INPUTS << " less " << LLAMA_CALIBRATED
              << ": divergence " << calibrated.mean << " [" << calibrated.low << ", "
              << calibrated.high << "]" << std::endl;
    const Interval allRows = Subtract(all.at(ALL_ROWS).divergences, all.at(BY_INPUTS).divergences);
    const double share = BootstrapMean(all.at(ALL_ROWS).divergences).mean /
                         BootstrapMean(all.at(LLAMA_CALIBRATED).divergences).mean;
    std::cout << std::setw(5) << GetName(type) << ALL_ROWS << " less " << BY_INPUTS
              << ": divergence " << allRows.mean << " [" << allRows.low << ", " << allRows.high
              << "]; over " << LLAMA_CALIBRATED << ": " << share << std::endl;
    return isBetter && calibrated.high < 0 && allRows.low <= 0 && share <= LARGEST_SHARE;
}

/// @param ggml llama.cpp's @param metrics whose squares it is given, null for none
Quantiser
MakeLlama(const GgmlLibrary& ggml, const InputMetrics* metrics)
{
    return [&ggml, metrics](const std::string& name, GgufType type, const WeightRows& rows) {
        return Expand(type,
                      ggml.Quantize(static_cast<int>(type),
                                    {rows.weights, rows.weights + rows.rows * rows.columns},
                                    rows.columns,
                                    CountBytes(type, rows),
                                    metrics ? metrics->at(name).squares.data() : nullptr),
                      rows);
    };
}

Quantiser
MakeAlone(QuantizationMethod method)
{
    return [method](const std::string&, GgufType type, const WeightRows& rows) {
        return QuantizeOurs(type, rows, method);
    };
}

/// @param metrics of the inputs @param hasProducts else their squares alone, as of wide inputs
Quantiser
MakeMeasured(const InputMetrics& metrics, bool hasProducts)
{
    return [&metrics, hasProducts](const std::string& name, GgufType type, const WeightRows& rows) {
        WeightRows measured = rows;
        measured.importance = metrics.at(name).squares.data();
        measured.metric = hasProducts ? metrics.at(name).metric.get() : nullptr;
        return QuantizeOurs(type, measured, QuantizationMethod::REFINED);
    };
}

/// @param metric of a matrix @return the mean of x x^T that it was made of
at::Tensor
GetProducts(const InputMetric& metric)
{
    const auto columns = static_cast<int64_t>(metric.GetColumns());
    const at::Tensor products = at::empty({columns, columns}, torch::kDouble)
                                    .copy_(at::from_blob(const_cast<double*>(metric.GetProducts(0)),
                                                         {columns, columns},
                                                         torch::kDouble));
    const double damped = products.diagonal().mean().item<double>();
    products.diagonal().sub_(damped * InputMetric::DAMPING / (1 + InputMetric::DAMPING));
    return products;
}

/// @param metrics of the inputs @param settings how all rows of a matrix are refined at once
Quantiser
MakeAllRows(const InputMetrics& metrics, const MatrixRefinementSettings& settings)
{
    return [&metrics, settings](const std::string& name, GgufType type, const WeightRows& rows) {
        const WideMetric metric(GetProducts(*metrics.at(name).metric));
        const at::Tensor weights =
            at::from_blob(const_cast<float*>(rows.weights),
                          {static_cast<int64_t>(rows.rows), static_cast<int64_t>(rows.columns)});
        return Expand(type, QuantizeMatrix(type, weights, metric, settings), rows);
    };
}

/// Print what each damping leaves on texts that are not reported.
void
CompareDampings(const Teacher& teacher, const TokenCorpus& texts)
{
    std::cout << texts.documents.size() << " other held-out texts, refined by inputs:\n";
    for (const double damping : DAMPINGS)
    {
        ProductSettings settings;
        settings.damping = damping;
        const InputMetrics metrics = MeasureInputs(teacher.model, teacher.tokens, settings);
        std::cout << "damping " << damping << ": divergence";
        for (const GgufType type : {GgufType::Q4_1, GgufType::Q4_K})
        {
            const LanguageModel model = Quantize(teacher.model, type, MakeMeasured(metrics, true));
            std::cout << " " << GetName(type) << " "
                      << BootstrapMean(Score(model, teacher.model, texts).divergences).mean;
        }
        std::cout << std::endl;
    }
}

int
Compare(const std::string& size,
        const std::string& folder,
        const std::string& client,
        bool comparesDampings)
{
    const GgmlLibrary ggml(client);
    if (!ggml.GetError().empty())
    {
        std::cout << "skipped, no llama.cpp: " << ggml.GetError() << '\n';
        return SKIPPED;
    }
    const TeacherSettings settings = GetTeacherSettings(size, Architecture::LLAMA);
    const Teacher teacher = TrainTeacher(settings, folder);
    const InputMetrics metrics = MeasureInputs(teacher.model, teacher.tokens);
    const Methods methods{{LLAMA, MakeLlama(ggml, nullptr)},
                          {LLAMA_CALIBRATED, MakeLlama(ggml, &metrics)},
                          {"min-max", MakeAlone(QuantizationMethod::MIN_MAX)},
                          {"refined, weights alone", MakeAlone(QuantizationMethod::REFINED)},
                          {"refined, squares", MakeMeasured(metrics, false)},
                          {BY_INPUTS, MakeMeasured(metrics, true)},
                          {ALL_ROWS, MakeAllRows(metrics, {})},
                          {ALL_ROWS_ONCE, MakeAllRows(metrics, ChooseRefinement(4096))}};
    std::array<std::vector<std::string>, 2> halves;
    for (const std::string& text : MakeHeldOutTexts(settings, teacher.corpus))
    {
        halves[halves[0].size() > halves[1].size() ? 1 : 0].push_back(text);
    }
    const auto tokenize = [&](const std::vector<std::string>& texts) {
        return Tokenize(texts, teacher.tokenizer, teacher.tokens.endId);
    };
    std::cout << std::setprecision(5);
    if (comparesDampings)
    {
        CompareDampings(teacher, tokenize(halves[1]));
    }
    const TokenCorpus heldOut = tokenize(halves[0]);
    bool isBetter = true;
    for (const auto& [name, texts] :
         {std::pair<std::string, const TokenCorpus*>{"held-out", &heldOut},
          {"training", &teacher.tokens}})
    {
        const TextScores whole = Score(teacher.model, teacher.model, *texts);
        std::cout << texts->documents.size() << " " << name << " texts, " << texts->CountTokens()
                  << " tokens; unquantised: perplexity "
                  << std::exp(BootstrapMean(whole.losses).mean) << std::endl;
        for (const GgufType type : {GgufType::Q4_1, GgufType::Q4_K})
        {
            isBetter = CompareMethods(teacher.model, type, methods, *texts) && isBetter;
        }
    }
    return isBetter ? 0 : 1;
}

} // namespace

int
main(int argc, char* argv[])
{
    const bool comparesDampings = argc == 5 && std::string(argv[4]) == "--dampings";
    if (argc != 4 && !comparesDampings)
    {
        std::cerr << "ecld-quantization-quality SIZE FOLDER LLAMA_CLIENT [--dampings]\n";
        return 1;
    }
    try
    {
        return Compare(argv[1], argv[2], argv[3], comparesDampings);
    }
    catch (const std::exception& e)
    {
        std::cerr << "ecld-quantization-quality: " << e.what() << '\n';
        return 1;
    }
}
