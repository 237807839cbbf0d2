/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Passes over a checkpoint a few rows at a time: what is written, and scores by the weights alone.

#include "compress/pruned-model.h"
#include "compress/simulated-quantization.h"
#include "compress/streaming.h"
#include "compress/worker-threads.h"
#include "expect-error.h"
#include "format/gguf-file.h"
#include "model/language-model.h"
#include "random-model.h"
#include "study/random-checkpoint.h"
#include "temporary-folder.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <gtest/gtest.h>
#include <stdexcept>

using namespace ecld;

namespace
{

/// Weights of a matrix in memory.
struct Matrix
{
    int64_t columns;           ///< of a row
    std::vector<float> values; ///< row by row

    double GetRowSquare(int64_t row) const
    {
        double sum = 0;
        for (int64_t c = 0; c < columns; ++c)
        {
            sum += std::pow(values[static_cast<std::size_t>(row * columns + c)], 2);
        }
        return sum;
    }

    double GetColumnSquare(int64_t column) const
    {
        double sum = 0;
        for (std::size_t i = static_cast<std::size_t>(column); i < values.size();
             i += static_cast<std::size_t>(columns))
        {
            sum += std::pow(values[i], 2);
        }
        return sum;
    }
};

Matrix
ReadMatrix(const SafetensorsCheckpoint& checkpoint, const std::string& name)
{
    const TensorView& view = checkpoint.Get(name);
    Matrix matrix{view.shape.back(), std::vector<float>(static_cast<std::size_t>(view.GetCount()))};
    ToFloat(view.type, view.data, matrix.values.size(), matrix.values.data());
    return matrix;
}

TEST(StreamingTest, ScoresByWeightsFollowTheFormulas)
{
    const TemporaryFolder folder;
    ModelConfig config = MakeSmallConfig(Architecture::MISTRAL);
    config.layers = 4;
    WriteSharpCheckpoint(config, 3, folder.GetPath());
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    TensorRows rows(checkpoint, config);
    const ImportanceScores scores = ScoreByWeights(rows, {}, 3);

    std::vector<double> channels(static_cast<std::size_t>(config.hiddenSize));
    const Matrix embedding = ReadMatrix(checkpoint, "model.embed_tokens.weight");
    for (std::size_t i = 0; i < channels.size(); ++i)
    {
        channels[i] = embedding.GetColumnSquare(static_cast<int64_t>(i));
    }
    const int64_t shared = config.heads / config.keyValueHeads;
    for (int64_t layer = 0; layer < config.layers; ++layer)
    {
        const auto read = [&](const std::string& part) {
            return ReadMatrix(checkpoint,
                              "model.layers." + std::to_string(layer) + "." + part + ".weight");
        };
        const Matrix gate = read("mlp.gate_proj");
        const Matrix up = read("mlp.up_proj");
        const Matrix down = read("mlp.down_proj");
        const Matrix value = read("self_attn.v_proj");
        const Matrix output = read("self_attn.o_proj");
        for (std::size_t i = 0; i < channels.size(); ++i)
        {
            const auto channel = static_cast<int64_t>(i);
            channels[i] += output.GetRowSquare(channel) + down.GetRowSquare(channel);
        }
        const auto place = static_cast<std::size_t>(layer);
        for (int64_t i = 0; i < config.intermediateSize; ++i)
        {
            const double expected =
                std::sqrt(gate.GetRowSquare(i) * up.GetRowSquare(i) * down.GetColumnSquare(i));
            ASSERT_NEAR(scores.neurons[place][static_cast<std::size_t>(i)],
                        expected,
                        1e-9 * expected);
        }
        for (int64_t group = 0; group < config.keyValueHeads; ++group)
        {
            double sum = 0;
            for (int64_t head = group * shared; head < (group + 1) * shared; ++head)
            {
                double valueSquare = 0;
                double outputSquare = 0;
                for (int64_t i = 0; i < config.headDim; ++i)
                {
                    valueSquare += value.GetRowSquare(group * config.headDim + i);
                    outputSquare += output.GetColumnSquare(head * config.headDim + i);
                }
                const double expected = valueSquare * outputSquare;
                EXPECT_NEAR(scores.heads[place][static_cast<std::size_t>(head)],
                            std::sqrt(expected),
                            1e-9 * std::sqrt(expected));
                sum += expected;
            }
            EXPECT_NEAR(scores.groups[place][static_cast<std::size_t>(group)],
                        std::sqrt(sum),
                        1e-9 * std::sqrt(sum));
        }
    }
    for (std::size_t i = 0; i < channels.size(); ++i)
    {
        EXPECT_NEAR(scores.channels[i], std::sqrt(channels[i]), 1e-9 * std::sqrt(channels[i]));
    }
    // The last layer stays longest, then the first ones.
    EXPECT_GE(scores.layers[3], scores.layers[0]);
    EXPECT_GT(scores.layers[0], scores.layers[1]);
    EXPECT_GT(scores.layers[1], scores.layers[2]);
}

// A tensor of more weights than are in memory at once.
TEST(StreamingTest, LargeTensorsComeInParts)
{
    const TemporaryFolder folder;
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.vocabularySize = 50000;
    WriteSharpCheckpoint(config, 4, folder.GetPath());
    const SafetensorsCheckpoint before(folder.GetPath());
    TensorRows rows(before, config);
    StreamSettings settings;
    settings.types.matrices = GgufType::F32;
    settings.threads = 3;
    const std::string path = folder.GetPath() + "/model.gguf";
    StreamGguf(rows, Tokenizer::Read(folder.GetPath()), settings, path);
    StreamCheckpoint(rows,
                     Tokenizer::Read(folder.GetPath()),
                     DataType::F32,
                     folder.GetPath() + "/copy",
                     {});
    const GgufFile file(path);
    const SafetensorsCheckpoint after(folder.GetPath() + "/copy");
    for (const auto& [theirs, ours] :
         {std::pair<const char*, const char*>{"token_embd.weight", "model.embed_tokens.weight"},
          {"output.weight", "lm_head.weight"},
          {"blk.1.ffn_down.weight", "model.layers.1.mlp.down_proj.weight"}})
    {
        const TensorView& view = before.Get(ours);
        ASSERT_EQ(file.Get(theirs).sizeBytes, view.sizeBytes);
        EXPECT_TRUE(std::equal(view.data, view.data + view.sizeBytes, file.Get(theirs).data))
            << ours;
        EXPECT_TRUE(std::equal(view.data, view.data + view.sizeBytes, after.Get(ours).data))
            << ours;
    }
}

TEST(StreamingTest, WritesThePrunedModelAsACheckpoint)
{
    for (const Architecture family :
         {Architecture::LLAMA, Architecture::QWEN3, Architecture::MISTRAL})
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(family);
        WriteSharpCheckpoint(config, 5, folder.GetPath());
        PrunedShape shape = GetShape(config);
        shape.hiddenSize = 64;
        shape.intermediateSize = 128;
        shape.heads = 2;
        shape.keyValueHeads = 1;
        const PruningPlan plan = PlanPruning(config, DrawScores(config, 6), shape);
        const SafetensorsCheckpoint full(folder.GetPath());
        TensorRows rows(full, config, plan);
        const std::string streamed = folder.GetPath() + "/streamed";
        const std::string inMemory = folder.GetPath() + "/memory";
        StreamCheckpoint(rows, Tokenizer::Read(folder.GetPath()), DataType::F32, streamed, {});
        Prune(LanguageModel::Load(folder.GetPath()), plan).Save(inMemory, DataType::F32);
        EXPECT_EQ(ReadModelConfig(streamed).intermediateSize, 128);
        const SafetensorsCheckpoint a(streamed);
        const SafetensorsCheckpoint b(inMemory);
        ASSERT_EQ(a.GetNames(), b.GetNames());
        for (const std::string& name : a.GetNames())
        {
            ASSERT_EQ(a.Get(name).sizeBytes, b.Get(name).sizeBytes) << name;
            EXPECT_TRUE(std::equal(a.Get(name).data,
                                   a.Get(name).data + a.Get(name).sizeBytes,
                                   b.Get(name).data))
                << name;
        }
    }
}

/// @param key of the file @return its value @tparam T its type
template <typename T>
T
Get(const GgufFile& file, const std::string& key)
{
    const GgufValue* const value = file.FindMetadata(key);
    return value && std::holds_alternative<T>(*value) ? std::get<T>(*value) : T();
}

// Numbers of llama.h: LLAMA_FTYPE_*, LLAMA_TOKEN_TYPE_*.
TEST(StreamingTest, SaysWhatLlamaReads)
{
    const TemporaryFolder folder;
    ModelConfig config = MakeSmallConfig(Architecture::QWEN3);
    config.eosIds = {7, 9, 11};
    config.maxPositions = 77;
    WriteSharpCheckpoint(config, 3, folder.GetPath());
    const SafetensorsCheckpoint checkpoint(folder.GetPath());
    TensorRows rows(checkpoint, config);
    const Tokenizer tokenizer = Tokenizer::Read(folder.GetPath());
    const std::string path = folder.GetPath() + "/model.gguf";
    for (const auto& [type, number] : {std::pair<GgufType, uint32_t>{GgufType::F32, 0},
                                       {GgufType::F16, 1},
                                       {GgufType::Q4_1, 3},
                                       {GgufType::Q8_0, 7},
                                       {GgufType::Q4_K, 14},
                                       {GgufType::Q6_K, 18},
                                       {GgufType::BF16, 32}})
    {
        StreamSettings settings;
        settings.types.matrices = type;
        settings.metadata = {{"ecld.method", std::string("by hand")}};
        StreamGguf(rows, tokenizer, settings, path);
        const GgufFile file(path);
        EXPECT_EQ(Get<uint32_t>(file, "general.file_type"), number) << GetName(type);
        EXPECT_EQ(Get<std::string>(file, "ecld.method"), "by hand");
    }
    const GgufFile file(path);
    const auto number = [&](const std::string& key) { return Get<uint32_t>(file, key); };
    EXPECT_EQ(Get<std::string>(file, "general.architecture"), "qwen3");
    EXPECT_EQ(number("qwen3.context_length"), 77U);
    EXPECT_EQ(number("qwen3.vocab_size"), static_cast<uint32_t>(config.vocabularySize));
    EXPECT_EQ(number("tokenizer.ggml.eos_token_id"), 7U);
    EXPECT_EQ(number("tokenizer.ggml.eot_token_id"), 11U);
    EXPECT_EQ(number("tokenizer.ggml.bos_token_id"),
              static_cast<uint32_t>(tokenizer.GetPrefixIds().front()));
    const auto types = Get<std::vector<int32_t>>(file, "tokenizer.ggml.token_type");
    const auto tokens = Get<std::vector<std::string>>(file, "tokenizer.ggml.tokens");
    ASSERT_EQ(types.size(), static_cast<std::size_t>(config.vocabularySize));
    for (std::size_t id = 0; id < types.size(); ++id)
    {
        const bool isPadding = tokens[id].rfind("[PAD", 0) == 0;
        const bool isSpecial = tokens[id].rfind("<|", 0) == 0;
        EXPECT_EQ(types[id], isPadding ? 5 : isSpecial ? 3 : 1) << tokens[id];
        EXPECT_EQ(isPadding, id >= static_cast<std::size_t>(tokenizer.GetVocabularySize()));
    }
}

TEST(StreamingTest, SimulatedBytesAreThoseOfTheContainerThatThereIs)
{
    const ModelConfig config = MakeSmallConfig(Architecture::MISTRAL);
    const int64_t four = GetDeployedBytes(config, {GgufType::Q4_1, std::nullopt});
    EXPECT_EQ(GetSimulatedBytes(config, 4), four);
    int64_t weights = 0;
    for (const ExpectedTensor& tensor : GetExpectedTensors(config))
    {
        weights += tensor.shape.size() > 1 ? tensor.shape[0] * tensor.shape[1] : 0;
    }
    EXPECT_EQ(four - GetSimulatedBytes(config, 2), weights * 2 / 8);
}

TEST(StreamingTest, PublishedShapesHaveThePublishedParameters)
{
    // The sizes of the safetensors files on Hugging Face, two bytes a weight.
    EXPECT_EQ(GetPublishedConfig("llama-3.1-8b").GetParameterCount(), 8030261248);
    EXPECT_EQ(GetPublishedConfig("qwen3-8b").GetParameterCount(), 8190735360);
    EXPECT_EQ(GetPublishedConfig("mistral-nemo-12b").GetParameterCount(), 12247782400);
    ExpectError<std::invalid_argument>([] { GetPublishedConfig("gpt-2"); }, {"gpt-2"});
}

TEST(WorkerThreadsTest, EachNumberRunsOnceAndAProblemComesBack)
{
    for (const std::size_t count : {0U, 1U, 7U})
    {
        std::vector<std::atomic<int>> runs(count);
        RunThreads(count, [&](std::size_t number) { ++runs.at(number); });
        for (const auto& run : runs)
        {
            EXPECT_EQ(run, 1);
        }
    }
    std::atomic<int> runs{0};
    ExpectError<std::runtime_error>(
        [&] {
            RunThreads(5, [&](std::size_t number) {
                ++runs;
                if (number == 3)
                {
                    throw std::runtime_error("number 3");
                }
            });
        },
        {"number 3"});
    EXPECT_EQ(runs, 5) << "the others end their work";
}

} // namespace
