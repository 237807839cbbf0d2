/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-model-shape.h"
#include "ns3/llm-profile.h"

#include <string>
#include <vector>

using namespace ns3;
using llmmec::ListLlmFiles;
using llmmec::LlmModelShape;
using llmmec::ParseLlmModelShape;
using llmmec::ReadLlmModelShape;
using llmmec::ReadLlmProfile;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what models' sizes say; each runs one of the checks below.
 */
class LlmModelShapeTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmModelShapeTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmModelShapeTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM model shape: " + name),
          m_check(check)
    {
    }

    /// The shipped models have as many weights as they are known to have.
    void CheckModels()
    {
        /// A model and what follows from its sizes, computed by hand.
        struct Row
        {
            const char* file;    ///< of data/models
            const char* name;    ///< of the model
            double layers;       ///< weights of the layers
            double head;         ///< weights of the output projection
            double kvValues;     ///< numbers of a token in the KV cache
            double parameters;   ///< of the whole model, with embeddings and norms
            const char* profile; ///< of data/profiles, whose weights it describes, or null
            int tables{2};       ///< embeddings and output projection; 1 where they are the same
            double rest{2e-4};   ///< share of the parameters that are in no matrix, at most
        };

        const std::vector<Row> rows{
            {"llama-3.1-8b",
             "Llama-3.1-8B",
             6979321856,
             525336576,
             65536,
             8030261248,
             "llama-3.1-8b-original"},
            {"qwen3-8b", "Qwen3-8B", 6945767424, 622329856, 73728, 8190735360, "qwen3-8b-original"},
            {"mistral-12b",
             "Mistral-12B",
             10905190400,
             671088640,
             81920,
             12247782400,
             "mistral-12b-original"},
            {"qwen3-32b", "Qwen3-32B", 31205621760, 777912320, 131072, 32762123264, nullptr},
            {"llama-3.2-1b", "Llama-3.2-1B", 973078528, 262668288, 16384, 1235814400, nullptr, 1},
            {"qwen3-0.6b", "Qwen3-0.6B", 440401920, 155582464, 57344, 596049920, nullptr, 1},
            {"gpt2", "GPT-2", 84934656, 38597376, 18432, 124439808, nullptr, 1, 1e-2},
            {"gpt2-xl", "GPT2-XL", 1474560000, 80411200, 153600, 1557611200, nullptr, 1, 1e-2},
        };
        NS_TEST_EXPECT_MSG_EQ(ListLlmFiles(DATA + "/models").size(), rows.size(), "models");
        for (const auto& row : rows)
        {
            const LlmModelShape shape = ReadLlmModelShape(DATA + "/models/" + row.file + ".json");
            NS_TEST_EXPECT_MSG_EQ(shape.name, row.name, row.file);
            NS_TEST_EXPECT_MSG_EQ(shape.GetLayerWeights(), row.layers, row.file);
            NS_TEST_EXPECT_MSG_EQ(shape.GetHeadWeights(), row.head, row.file);
            NS_TEST_EXPECT_MSG_EQ(shape.GetKvValuesPerToken(), row.kvValues, row.file);
            // Norms are the rest, and biases and learned positions of GPT-2.
            const double matrices = shape.GetLayerWeights() + row.tables * shape.GetHeadWeights();
            NS_TEST_EXPECT_MSG_LT(matrices, row.parameters, row.file);
            NS_TEST_EXPECT_MSG_EQ_TOL(matrices / row.parameters, 1, row.rest, row.file);
            if (row.profile)
            {
                const auto profile = ReadLlmProfile(DATA + "/profiles/" + row.profile + ".json");
                NS_TEST_EXPECT_MSG_EQ(profile.baseModel, row.name, row.file);
                const auto bytes = static_cast<double>(profile.sizeBytes);
                NS_TEST_EXPECT_MSG_EQ_TOL(2 * row.parameters / bytes, 1, 1e-4, row.file);
            }
        }
    }

    /// A document value by value, and what follows from it.
    void CheckValues()
    {
        const auto shape = ParseLlmModelShape(MODEL, "m");
        NS_TEST_EXPECT_MSG_EQ(shape.version, 1, "version");
        NS_TEST_EXPECT_MSG_EQ(shape.name, "Base-1B", "name");
        NS_TEST_EXPECT_MSG_EQ(shape.layers, 3, "layers");
        NS_TEST_EXPECT_MSG_EQ(shape.hiddenSize, 20, "hiddenSize");
        NS_TEST_EXPECT_MSG_EQ(shape.intermediateSize, 50, "intermediateSize");
        NS_TEST_EXPECT_MSG_EQ(shape.gatedFeedForward, true, "gatedFeedForward");
        NS_TEST_EXPECT_MSG_EQ(shape.attentionHeads, 10000, "attentionHeads");
        NS_TEST_EXPECT_MSG_EQ(shape.keyValueHeads, 1, "keyValueHeads");
        NS_TEST_EXPECT_MSG_EQ(shape.headSize, 7, "headSize");
        NS_TEST_EXPECT_MSG_EQ(shape.vocabularySize, 1000, "vocabularySize");
        NS_TEST_EXPECT_MSG_EQ(shape.source, "test", "source");
        // Queries and their output 20 x 70000 each, keys and values 20 x 14, three of 20 x 50.
        NS_TEST_EXPECT_MSG_EQ(shape.GetLayerWeights(), 3 * (2800000.0 + 280 + 3000), "layers");
        NS_TEST_EXPECT_MSG_EQ(shape.GetHeadWeights(), 20000, "vocabulary");
        NS_TEST_EXPECT_MSG_EQ(shape.GetKvValuesPerToken(), 42, "KV cache");

        // The largest sizes overflow no integer.
        LlmModelShape largest = shape;
        largest.layers = 10000;
        largest.hiddenSize = 1000000;
        largest.intermediateSize = 1000000;
        largest.keyValueHeads = 10000;
        largest.headSize = 100000;
        largest.vocabularySize = 10000000;
        const double weights = 1e4 * (4e15 + 3e12);
        NS_TEST_EXPECT_MSG_EQ_TOL(largest.GetLayerWeights() / weights, 1, 1e-15, "layers");
        NS_TEST_EXPECT_MSG_EQ(largest.GetHeadWeights(), 1e13, "vocabulary");
        NS_TEST_EXPECT_MSG_EQ(largest.GetKvValuesPerToken(), 2e13, "KV cache");
    }

    /// The reader has the discipline of the others; what only it has is checked here.
    void CheckErrors()
    {
        const std::vector<std::vector<std::string>> cases{
            {"\"version\": 1", "\"version\": 2", "m: /version: got 2, expected 1"},
            {"\"layers\": 3", "\"layers\": 0", "m: /layers: got 0, expected an integer from 1 to"},
            {"\"layers\": 3", "\"layers\": 3.5", "m: /layers: got 3.5, expected an integer from 1"},
            {"\"layers\": 3", "\"layers\": \"3\"", "m: /layers: got \"3\", expected an integer"},
            {"\"layers\": 3,", "", "m: /layers: missing, expected an integer from 1 to 10000"},
            {"\"layers\": 3",
             "\"layers\": 3, \"layers\": 3",
             "m: /layers: key 'layers' given twice"},
            {"\"headSize\"", "\"headDim\"", "m: /headDim: unknown key, expected one of version, "},
            {"\"hiddenSize\": 20",
             "\"hiddenSize\": 1000001",
             "m: /hiddenSize: got 1000001, expected an integer from 1 to 1000000"},
            {"\"keyValueHeads\": 1",
             "\"keyValueHeads\": 10001",
             "m: /keyValueHeads: got 10001, expected an integer from 1 to 10000"},
            {"\"gatedFeedForward\": true",
             "\"gatedFeedForward\": 1",
             "m: /gatedFeedForward: got 1, expected true or false"},
            {"\"vocabularySize\": 1000",
             "\"vocabularySize\": -1000",
             "m: /vocabularySize: got -1000, expected an integer from 1 to 10000000"},
            {"\"source\": \"test\"", "\"source\": \"\"", "m: /source: got \"\", expected a text"},
        };
        ExpectErrors(MODEL, cases, [](const std::string& text) { ParseLlmModelShape(text, "m"); });
        std::string text = MODEL;
        text.replace(text.find("10000"), 5, "32");
        text.replace(text.find("\"keyValueHeads\": 1"), 18, "\"keyValueHeads\": 33");
        ExpectContains(ErrorOf([&text] { ParseLlmModelShape(text, "m"); }),
                       "m: /keyValueHeads: got 33, expected at most /attentionHeads, 32",
                       "more than queries");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmModelShapeTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmModelShapeTestCase::Check check) {
        suite.Add(new LlmModelShapeTestCase(name, check));
    };
    add("models", &LlmModelShapeTestCase::CheckModels);
    add("values", &LlmModelShapeTestCase::CheckValues);
    add("errors", &LlmModelShapeTestCase::CheckErrors);
}

static const LlmMecTests g_llmModelShapeTests(
    &AddLlmModelShapeTests); //!< registers the cases of this file
