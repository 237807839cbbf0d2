/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Exported files in the real client, llama.cpp, against our own transformer; and what can be
// checked without it.

#include "compress/deployment.h"
#include "compress/gguf-expansion.h"
#include "compress/importance.h"
#include "compress/pruned-model.h"
#include "compress/streaming.h"
#include "expect-error.h"
#include "format/gguf-file.h"
#include "llama-client.h"
#include "model/generation.h"
#include "model/language-model.h"
#include "random-model.h"
#include "sentence-piece-document.h"
#include "study/random-checkpoint.h"
#include "temporary-folder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

using namespace ecld;

namespace
{

constexpr std::size_t POSITIONS = 200;

const std::vector<Architecture> FAMILIES{Architecture::LLAMA,
                                         Architecture::QWEN3,
                                         Architecture::MISTRAL};

std::vector<int32_t>
DrawIds(std::size_t count, int64_t vocabularySize)
{
    std::mt19937 random(11);
    std::vector<int32_t> ids;
    for (std::size_t i = 0; i < count; ++i)
    {
        ids.push_back(static_cast<int32_t>(random() % static_cast<unsigned>(vocabularySize)));
    }
    return ids;
}

std::vector<double>
Softmax(const std::vector<float>& logits)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    std::vector<double> probabilities;
    double sum = 0;
    for (const float logit : logits)
    {
        probabilities.push_back(std::exp(logit - largest));
        sum += probabilities.back();
    }
    for (double& probability : probabilities)
    {
        probability /= sum;
    }
    return probabilities;
}

/// Two models on the same text.
struct Comparison
{
    double divergence{0};         ///< mean KL(ours || theirs), nats
    double largestProbability{0}; ///< mean of ours, to see that the text is not uniform
};

Comparison
Compare(const LanguageModel& ours,
        const std::vector<int32_t>& ids,
        const std::vector<float>& probabilities)
{
    const auto logits = ComputeLogits(ours, ids);
    const std::size_t vocabulary = logits.front().size();
    Comparison comparison;
    for (std::size_t position = 0; position < ids.size(); ++position)
    {
        const auto p = Softmax(logits[position]);
        for (std::size_t token = 0; token < vocabulary; ++token)
        {
            const double q = std::max<double>(probabilities[position * vocabulary + token], 1e-30);
            comparison.divergence += p[token] > 0 ? p[token] * std::log(p[token] / q) : 0;
        }
        comparison.largestProbability += *std::max_element(p.begin(), p.end());
    }
    comparison.divergence /= static_cast<double>(ids.size());
    comparison.largestProbability /= static_cast<double>(ids.size());
    return comparison;
}

/// Write a checkpoint as GGUF. @return path of the file
std::string
Export(const std::string& folder, GgufType type, const PruningPlan* plan = nullptr)
{
    const ModelConfig config = ReadModelConfig(folder);
    const SafetensorsCheckpoint checkpoint(folder);
    TensorRows rows = plan ? TensorRows(checkpoint, config, *plan) : TensorRows(checkpoint, config);
    StreamSettings settings;
    settings.types.matrices = type;
    const std::string path = folder + "/model.gguf";
    StreamGguf(rows, Tokenizer::Read(folder), settings, path);
    return path;
}

using DeploymentTest = LlamaClientTest;

TEST_F(DeploymentTest, F16AgreesWithOurTransformer)
{
    for (const Architecture family : FAMILIES)
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(family);
        WriteSharpCheckpoint(config, 3, folder.GetPath(), DataType::BF16);
        const auto ids = DrawIds(POSITIONS, config.vocabularySize);
        const auto theirs =
            GetProbabilities(Export(folder.GetPath(), GgufType::F16), ids, folder.GetPath());
        ASSERT_EQ(theirs.size(), ids.size() * static_cast<std::size_t>(config.vocabularySize));
        const auto comparison = Compare(LanguageModel::Load(folder.GetPath()), ids, theirs);
        std::cout << GetName(family) << ": KL " << comparison.divergence << ", largest probability "
                  << comparison.largestProbability << '\n';
        EXPECT_GT(comparison.largestProbability, 0.2) << GetName(family);
        EXPECT_LT(comparison.divergence, 1e-4) << GetName(family);
        EXPECT_GT(comparison.divergence, -1e-6) << GetName(family);
    }
}

TEST_F(DeploymentTest, F16OfAPrunedModelAgreesWithOurPrunedTransformer)
{
    for (const Architecture family : FAMILIES)
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(family);
        WriteSharpCheckpoint(config, 4, folder.GetPath(), DataType::BF16);
        PrunedShape shape = GetShape(config);
        shape.hiddenSize = 64;
        shape.intermediateSize = 128;
        shape.layers = 2;
        shape.heads = 2;
        shape.keyValueHeads = 1;
        const PruningPlan plan = PlanPruning(config, DrawScores(config, 5), shape);
        const auto ids = DrawIds(POSITIONS, config.vocabularySize);
        const auto theirs =
            GetProbabilities(Export(folder.GetPath(), GgufType::F16, &plan), ids, folder.GetPath());
        ASSERT_EQ(theirs.size(), ids.size() * static_cast<std::size_t>(config.vocabularySize));
        const auto pruned = Prune(LanguageModel::Load(folder.GetPath()), plan);
        const auto comparison = Compare(pruned, ids, theirs);
        std::cout << GetName(family) << ", pruned: KL " << comparison.divergence << '\n';
        EXPECT_GT(comparison.largestProbability, 0.2) << GetName(family);
        EXPECT_LT(comparison.divergence, 1e-4) << GetName(family);
    }
}

TEST_F(DeploymentTest, LoadsEveryTypeAndReadsTheWeightsThatWeMeant)
{
    for (const Architecture family : FAMILIES)
    {
        for (const GgufType type : {GgufType::F32,
                                    GgufType::BF16,
                                    GgufType::Q8_0,
                                    GgufType::Q6_K,
                                    GgufType::Q4_1,
                                    GgufType::Q4_K})
        {
            const TemporaryFolder folder;
            const ModelConfig config = MakeSmallConfig(family, 256, 512);
            WriteSharpCheckpoint(config, 6, folder.GetPath());
            const std::string path = Export(folder.GetPath(), type);
            const auto ids = DrawIds(50, config.vocabularySize);
            const auto theirs = GetProbabilities(path, ids, folder.GetPath());
            ASSERT_FALSE(theirs.empty()) << GetName(family) << ", " << GetName(type);
            ExpandGguf(path, config, folder.GetPath() + "/expanded");
            const auto expanded = LanguageModel::Load(folder.GetPath() + "/expanded");
            const auto comparison = Compare(expanded, ids, theirs);
            std::cout << GetName(family) << ", " << GetName(type) << ": KL "
                      << comparison.divergence << '\n';
            // llama.cpp rounds activations to 8 bits where it multiplies with quantised weights,
            // which sharp random models amplify; wrong blocks give a divergence above 1.
            EXPECT_LT(comparison.divergence, type == GgufType::F32 ? 1e-4 : 0.1)
                << GetName(family) << ", " << GetName(type);
        }
    }
}

/// Texts with what tokenizers treat apart.
const std::vector<std::string> TEXTS{"The lazy fox isn't home; 1234567 dogs \u0661\u0662.",
                                     "Question: who\n\n  jumps?\tS\u00e3o Tom\u00e9",
                                     "over the quick brown fox, over and over",
                                     "   three blanks, a \u4e2d and a \U0001f600   ",
                                     "\n"};

/// @param client folder of llama.cpp @param path GGUF file @param folder for what it reads and
/// writes
/// @return token ids of TEXTS as JSON, empty where it does not load the file
std::string
TokenizeTexts(const std::string& client, const std::string& path, const std::string& folder)
{
    base::WriteTextFile(folder + "/texts.json", nlohmann::json(TEXTS).dump());
    const std::string output = folder + "/ids.txt";
    const std::string command = "node '" + client + "/client.mjs' tokenize '" + path + "' '" +
                                folder + "/texts.json' > '" + output + "'";
    std::string ids;
    if (std::system(command.c_str()) == 0)
    {
        std::ifstream stream(output);
        std::getline(stream, ids);
    }
    return ids;
}

TEST_F(DeploymentTest, TokenizesAsWeDo)
{
    using nlohmann::json;
    const std::vector<std::string> seen(3, TEXTS[0] + " " + TEXTS[2] + " " + TEXTS[1]);
    json smol;
    {
        TokenizerTrainerSettings settings;
        settings.vocabularySize = 300;
        settings.kind = PreTokenizerKind::GPT2;
        settings.ignoreMerges = false;
        smol = json::parse(TrainTokenizer(seen, settings));
        UseDigits(smol);
    }
    const json pieces = MakeSentencePieceDocument(seen, 20);
    json metaspace = pieces;
    UseMetaspace(metaspace);
    std::vector<std::pair<Architecture, std::string>> cases;
    for (const Architecture family : FAMILIES)
    {
        cases.emplace_back(family, MakeSmallTokenizer(family));
    }
    cases.emplace_back(Architecture::LLAMA, smol.dump());
    cases.emplace_back(Architecture::MISTRAL, pieces.dump());
    for (const auto& [family, document] : cases)
    {
        const TemporaryFolder folder;
        ModelConfig config = MakeSmallConfig(family);
        config.vocabularySize = 400;
        WriteSharpCheckpoint(config, 7, folder.GetPath());
        base::WriteTextFile(folder.GetPath() + "/tokenizer.json", document);
        const std::string path = Export(folder.GetPath(), GgufType::F16);
        const Tokenizer tokenizer = Tokenizer::Read(folder.GetPath());
        std::string ours;
        for (const std::string& text : TEXTS)
        {
            ours += (ours.empty() ? "[" : ",") + ToJson(tokenizer.Encode(text, false));
        }
        EXPECT_EQ(ours + "]", TokenizeTexts(m_folder, path, folder.GetPath()))
            << GetName(family) << ", " << tokenizer.GetGgufPreTokenizer();
    }
    // Of a text that begins with a blank Metaspace makes one mark and llama.cpp two.
    const auto first = Tokenizer::Parse(metaspace.dump(), "metaspace");
    const auto both = Tokenizer::Parse(pieces.dump(), "pieces");
    EXPECT_EQ(first.Encode(TEXTS[0], false), both.Encode(TEXTS[0], false));
    EXPECT_NE(first.Encode(TEXTS[3], false), both.Encode(TEXTS[3], false));
}

// llama.cpp ends where two tokens have the same name, and fills rows without one itself.
TEST_F(DeploymentTest, NamesOfRowsWithoutATokenAreNotThoseOfTokens)
{
    const TemporaryFolder folder;
    WriteSharpCheckpoint(MakeSmallConfig(Architecture::LLAMA), 7, folder.GetPath());
    auto document = nlohmann::json::parse(MakeSmallTokenizer(Architecture::LLAMA));
    for (const auto& [id, name] :
         {std::pair(300, "[PAD305]"), std::pair(301, "[PAD301]"), std::pair(302, "[_PAD305]")})
    {
        document["added_tokens"].push_back({{"id", id}, {"content", name}, {"special", true}});
    }
    base::WriteTextFile(folder.GetPath() + "/tokenizer.json", document.dump());
    const std::string path = Export(folder.GetPath(), GgufType::F16);
    const GgufFile file(path);
    const auto tokens =
        std::get<std::vector<std::string>>(*file.FindMetadata("tokenizer.ggml.tokens"));
    EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), tokens.size());
    EXPECT_EQ(tokens[301], "[PAD301]");
    EXPECT_NE(TokenizeTexts(m_folder, path, folder.GetPath()), "");
}

TEST(DeploymentMapTest, PermutesAsConvertHfToGgufDoes)
{
    // reshape(heads, 2, headDim / 2).swapaxes(1, 2): row 2 i + j of a head is row j headDim / 2 +
    // i.
    const auto rows = GetPermutedRows(2, 8);
    EXPECT_EQ(rows, (std::vector<int64_t>{0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15}));
}

TEST(DeploymentMapTest, MixesTypesAsLlamaQuantizeDoes)
{
    const ModelConfig config = GetPublishedConfig("llama-3.1-8b");
    const DeploymentTypes types{GgufType::Q4_K, std::nullopt, true};
    // llama.cpp's table of Llama-3.1-8B (tools/quantize/README.md) has 4.58 GiB for Q4_K_M.
    EXPECT_NEAR(static_cast<double>(GetDeployedBytes(config, types)) / 1073741824, 4.58, 0.01);
    // As llama-quantize prints them for 32 layers.
    const std::set<int64_t> more{0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31};
    for (const DeployedTensor& tensor : MapTensors(config, types))
    {
        const bool isWide = tensor.name.find("attn_v.") != std::string::npos ||
                            tensor.name.find("ffn_down.") != std::string::npos;
        const bool hasMore =
            tensor.name == "output.weight" ||
            (isWide && more.count(std::stoll(tensor.name.substr(std::string("blk.").size()))) > 0);
        const GgufType expected = tensor.shape.size() == 1 ? GgufType::F32
                                  : hasMore                ? GgufType::Q6_K
                                                           : GgufType::Q4_K;
        EXPECT_EQ(tensor.type, expected) << tensor.name;
    }
    // The embedding is the output where both are one.
    ModelConfig tied = config;
    tied.tiedEmbeddings = true;
    EXPECT_EQ(MapTensors(tied, types)[1].name, "token_embd.weight");
    EXPECT_EQ(MapTensors(tied, types)[1].type, GgufType::Q6_K);
}

TEST(DeploymentMapTest, FallsBackToTheNextType)
{
    EXPECT_EQ(FallBack(GgufType::Q4_K, 512), GgufType::Q4_K);
    EXPECT_EQ(FallBack(GgufType::Q4_K, 96), GgufType::Q4_1);
    EXPECT_EQ(FallBack(GgufType::Q4_K, 40), GgufType::F16);
    EXPECT_EQ(FallBack(GgufType::Q8_0, 40), GgufType::F16);
    EXPECT_EQ(FallBack(GgufType::Q6_K, 96), GgufType::Q8_0);
    EXPECT_EQ(FallBack(GgufType::F32, 40), GgufType::F32);
}

TEST(DeploymentMapTest, TableOneSizesAreWhatTheFormatsGive)
{
    // bf16 of the published shapes, MiB: Table I of arXiv:2602.13628, rows Original.
    const auto mebibytes = [](const ModelConfig& config) {
        return 2 * static_cast<double>(config.GetParameterCount()) / 1048576;
    };
    ModelConfig llama;
    llama.hiddenSize = 4096;
    llama.intermediateSize = 14336;
    llama.layers = 32;
    llama.heads = 32;
    llama.keyValueHeads = 8;
    llama.headDim = 128;
    llama.vocabularySize = 128256;
    EXPECT_NEAR(mebibytes(llama), 15316.53, 0.5);
    DeploymentTypes types;
    types.matrices = GgufType::Q8_0;
    const double bytes = static_cast<double>(GetDeployedBytes(llama, types));
    const double weights = static_cast<double>(llama.GetParameterCount());
    EXPECT_NEAR(bytes / weights, 34.0 / 32, 1e-4);
}

TEST(DeploymentMapTest, ExpansionGivesTheWeightsBack)
{
    for (const Architecture family : FAMILIES)
    {
        const TemporaryFolder folder;
        const ModelConfig config = MakeSmallConfig(family);
        WriteSharpCheckpoint(config, 8, folder.GetPath());
        ExpandGguf(Export(folder.GetPath(), GgufType::F32), config, folder.GetPath() + "/expanded");
        const SafetensorsCheckpoint before(folder.GetPath());
        const SafetensorsCheckpoint after(folder.GetPath() + "/expanded");
        for (const ExpectedTensor& tensor : GetExpectedTensors(config))
        {
            const TensorView& a = before.Get(tensor.name);
            const TensorView& b = after.Get(tensor.name);
            ASSERT_EQ(a.sizeBytes, b.sizeBytes);
            EXPECT_TRUE(std::equal(a.data, a.data + a.sizeBytes, b.data)) << tensor.name;
        }
    }
}

// llama.cpp knows of merges by the name of the split pattern, and of one token on each side of a
// text.
TEST(DeploymentMapTest, RefusesAVocabularyThatLlamaReadsOtherwise)
{
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.eosIds = {7, 9};
    using nlohmann::json;
    const auto check = [&](Architecture family, const std::function<void(json&)>& change) {
        json document = json::parse(MakeSmallTokenizer(family));
        change(document);
        CheckDeployable(Tokenizer::Parse(document.dump(), "tokenizer.json"), config);
    };
    const auto refused = [&](Architecture family,
                             const std::function<void(json&)>& change,
                             const std::vector<std::string>& words) {
        ExpectError<std::invalid_argument>([&] { check(family, change); }, words);
    };
    for (const Architecture family : FAMILIES)
    {
        EXPECT_NO_THROW(check(family, [](json&) {}));
        const bool ignores = family != Architecture::QWEN3;
        refused(family,
                [&](json& document) { document["model"]["ignore_merges"] = !ignores; },
                {"ignore_merges is " + std::string(ignores ? "false" : "true")});
    }
    // What the template puts around a text.
    const auto put = [](json& document, std::size_t place, int64_t id) {
        json& step = document["post_processor"]["processors"][1];
        step["special_tokens"]["x"] = {{"id", "x"}, {"ids", {id}}, {"tokens", {"x"}}};
        json& items = step["single"];
        const json item{{"SpecialToken", {{"id", "x"}, {"type_id", 0}}}};
        items.insert(items.begin() + static_cast<std::ptrdiff_t>(place), item);
    };
    const Architecture llama = Architecture::LLAMA;
    EXPECT_NO_THROW(check(llama, [&](json& document) { put(document, 2, 7); }));
    refused(llama, [&](json& document) { put(document, 2, 9); }, {"1 after it"});
    refused(llama, [&](json& document) { put(document, 1, 7); }, {"2 tokens before"});

    const TemporaryFolder folder;
    const auto isAdded = [&](const char* key) {
        const GgufFile file(folder.GetPath() + "/model.gguf");
        const GgufValue* const value = file.FindMetadata(key);
        return value && std::get<bool>(*value);
    };
    WriteSharpCheckpoint(config, 3, folder.GetPath());
    Export(folder.GetPath(), GgufType::F16);
    EXPECT_TRUE(isAdded("tokenizer.ggml.add_bos_token"));
    EXPECT_FALSE(isAdded("tokenizer.ggml.add_eos_token"));
    json ended = json::parse(MakeSmallTokenizer(llama));
    put(ended, 2, 7);
    base::WriteTextFile(folder.GetPath() + "/tokenizer.json", ended.dump());
    Export(folder.GetPath(), GgufType::F16);
    EXPECT_TRUE(isAdded("tokenizer.ggml.add_eos_token"));
}

// It merges any neighbours that are a token together, by the token's score.
TEST(DeploymentMapTest, RefusesPiecesThatLlamaMergesOtherwise)
{
    using nlohmann::json;
    const std::vector<std::string> seen(3, TEXTS[0] + " " + TEXTS[2]);
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    config.vocabularySize = 400;
    const auto check = [&](const std::function<void(json&)>& change) {
        json document = MakeSentencePieceDocument(seen, 20);
        change(document);
        CheckDeployable(Tokenizer::Parse(document.dump(), "tokenizer.json"), config);
    };
    const auto refused = [&](const std::function<void(json&)>& change, const char* word) {
        ExpectError<std::invalid_argument>([&] { check(change); }, {word});
    };
    EXPECT_NO_THROW(check([](json&) {}));
    refused([](json& document) { document["model"]["merges"].erase(0); }, "no merge '");
    refused([](json& document) { document["model"]["vocab"]["xy"] = 399; }, "no merge 'x y'");
    refused(
        [](json& document) {
            json& merges = document["model"]["merges"];
            document["model"]["vocab"]["xy"] = 399;
            document["model"]["vocab"]["xyz"] = 398;
            document["model"]["vocab"]["yz"] = 397;
            merges.insert(merges.begin(), {"x y", "y z", "xy z"});
            merges.push_back("x yz");
        },
        "stands apart");
    refused([](json& document) { document["model"]["ignore_merges"] = true; }, "no name");
    refused([](json& document) { document["normalizer"] = {{"type", "NFC"}}; }, "no name");
}

// Llama 3.1's instruct models end a text, a message and a turn with three tokens.
TEST(DeploymentMapTest, AllStopTokensAreWritten)
{
    const TemporaryFolder folder;
    ModelConfig config = MakeSmallConfig(Architecture::LLAMA);
    const auto read = [&](const std::string& key) -> int64_t {
        const GgufFile file(folder.GetPath() + "/model.gguf");
        const GgufValue* const value = file.FindMetadata("tokenizer.ggml." + key);
        return value ? int64_t{std::get<uint32_t>(*value)} : -1;
    };
    const auto write = [&](const std::vector<int64_t>& ids) {
        config.eosIds = ids;
        WriteSharpCheckpoint(config, 3, folder.GetPath());
        Export(folder.GetPath(), GgufType::F16);
    };
    write({7, 8, 9, 10});
    EXPECT_EQ(read("eos_token_id"), 7);
    EXPECT_EQ(read("eom_token_id"), 8);
    EXPECT_EQ(read("eot_token_id"), 10);
    const GgufFile file(folder.GetPath() + "/model.gguf");
    EXPECT_EQ(std::get<std::vector<int32_t>>(*file.FindMetadata("tokenizer.ggml.eos_token_ids")),
              (std::vector<int32_t>{7, 8, 9, 10}));
    write({7});
    EXPECT_EQ(read("eos_token_id"), 7);
    EXPECT_EQ(read("eom_token_id"), -1);
    EXPECT_EQ(read("eot_token_id"), -1);
}

/// Change the last weight of a checkpoint, which lm_head.weight has. @param weight its value
void
WriteLastWeight(const std::string& folder, float weight)
{
    std::fstream file(folder + "/model.safetensors",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-4, std::ios::end);
    file.write(reinterpret_cast<const char*>(&weight), 4);
}

TEST(DeploymentMapTest, AnOddWeightIsNamed)
{
    const TemporaryFolder folder;
    WriteSharpCheckpoint(MakeSmallConfig(Architecture::LLAMA), 9, folder.GetPath());
    const auto refused = [&](float weight, GgufType type, const char* problem) {
        WriteLastWeight(folder.GetPath(), weight);
        ExpectError<std::runtime_error>([&] { Export(folder.GetPath(), type); },
                                        {"lm_head.weight", problem});
        EXPECT_FALSE(std::filesystem::exists(folder.GetPath() + "/model.gguf"));
    };
    refused(std::nanf(""), GgufType::Q4_1, "no finite number");
    refused(65520, GgufType::F16, "65520");
    refused(-1e30F, GgufType::F16, "does not fit F16");
    refused(3.4e38F, GgufType::BF16, "does not fit BF16");
    WriteLastWeight(folder.GetPath(), 65519);
    Export(folder.GetPath(), GgufType::F16);
    WriteLastWeight(folder.GetPath(), 1e30F);
    Export(folder.GetPath(), GgufType::BF16);
}

} // namespace
