/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-device.h"
#include "ns3/llm-model-shape.h"
#include "ns3/llm-profile.h"
#include "ns3/llm-serving.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ListLlmFiles;
using llmmec::LlmDevice;
using llmmec::LlmModelShape;
using llmmec::LlmServing;
using llmmec::LlmStepTimeLaw;
using llmmec::LlmTensorParallelLink;
using llmmec::ParseLlmServing;
using llmmec::ReadLlmDevice;
using llmmec::ReadLlmModelShape;
using llmmec::ReadLlmServing;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what serving takes; each runs one of the checks below.
 */
class LlmServingTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmServingTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmServingTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM serving: " + name),
          m_check(check)
    {
    }

    /// The laws that come with the module are those that were fitted, to four digits.
    void CheckLaws()
    {
        /// A law, typed from the report of the fit and not from the data files.
        struct Row
        {
            const char* file;            ///< of data/serving
            std::vector<double> numbers; ///< in the order of LlmStepTimeLaw
        };

        const std::vector<Row> rows{
            {"rtx4090-llama-3.1-8b", {17000, 36.67, 88.46, 7.122, 0.004357, 0.1404, 0.3404}},
            {"rtxpro6000-llama-3.1-8b", {11180, 15.70, 37.99, 5.037, 0.002369, 0.08827, 0.1644}},
            {"rtxpro6000x2-qwen3-32b", {24380, 42.41, 84.86, 8.445, 0.004838, 0.09034, 0.3174}},
        };
        NS_TEST_EXPECT_MSG_EQ(ListLlmFiles(DATA + "/serving").size(), rows.size(), "files");
        for (const auto& row : rows)
        {
            const auto law = ReadLlmServing(DATA + "/serving/" + row.file + ".json").law;
            const std::vector<double> numbers{law.weightsUs,
                                              law.activationUsPerToken,
                                              law.gemmUsPerToken,
                                              law.sequenceUs,
                                              law.prefillAttentionUsPerPair,
                                              law.decodeKvUsPerToken,
                                              law.multiQueryKvUsPerToken};
            for (std::size_t i = 0; i < numbers.size(); ++i)
            {
                const double ratio = numbers[i] / row.numbers[i];
                NS_TEST_EXPECT_MSG_EQ_TOL(ratio, 1, 5e-4, row.file << ", number " << i);
            }
            NS_TEST_EXPECT_MSG_EQ(law.tileTokens, 128, row.file);
        }
    }

    /// The sizes follow from those of the model and of the device.
    void CheckSizes()
    {
        for (const auto& name : ListLlmFiles(DATA + "/serving"))
        {
            const auto path = DATA + "/serving/" + name + ".json";
            std::ifstream file(path);
            const auto document = nlohmann::json::parse(file);
            NS_TEST_EXPECT_MSG_EQ(document.at("name").get<std::string>(), name, "name and file");
            const LlmModelShape shape = FindModel(document.at("baseModel").get<std::string>());
            const LlmServing serving = ReadLlmServing(path);
            const LlmDevice device = ReadLlmDevice(DATA + "/devices/" + serving.device + ".json");
            const double gpus = device.tensorParallel ? device.tensorParallel->gpus : 1;

            NS_TEST_EXPECT_MSG_EQ(serving.memoryBytes, device.memoryBytes, name);
            const double bytes = device.weightBits / 8.0;
            const double weights =
                bytes * (shape.GetLayerWeights() + 2 * shape.GetHeadWeights()) / gpus;
            const double ratio = static_cast<double>(serving.weightBytes) / weights;
            NS_TEST_EXPECT_MSG_EQ_TOL(ratio, 1, 1e-4, "norms are the rest: " << name);
            NS_TEST_EXPECT_MSG_EQ(serving.kvBytesPerToken,
                                  bytes * shape.GetKvValuesPerToken() / gpus,
                                  name);
            NS_TEST_EXPECT_MSG_EQ(serving.flopsPerToken, 2 * shape.GetLayerWeights() / gpus, name);
            const double width = static_cast<double>(shape.attentionHeads) * shape.headSize;
            NS_TEST_EXPECT_MSG_EQ(serving.attentionFlopsPerPair,
                                  4 * shape.layers * width / gpus,
                                  name);
            ExpectContains(serving.source, "casys-kaist/LLMServingSim at 5daddb2 (MIT)", name);

            NS_TEST_ASSERT_MSG_EQ(serving.law.link.has_value(), (gpus > 1), name);
            if (const auto& link = serving.law.link)
            {
                NS_TEST_EXPECT_MSG_EQ(link->allReduces, 2 * shape.layers, name);
                NS_TEST_EXPECT_MSG_EQ(link->latencyUs,
                                      device.tensorParallel->allReduceLatencyUs,
                                      name);
                NS_TEST_EXPECT_MSG_EQ(link->bytesPerToken, bytes * shape.hiddenSize, name);
                NS_TEST_EXPECT_MSG_EQ(link->bytesPerS, device.tensorParallel->linkBytesPerS, name);
            }
        }
    }

    /// A document with every key, value by value, by itself and in a profile.
    void CheckValues()
    {
        for (const std::string& text : {SERVING, PROFILE})
        {
            const LlmServing serving = ParseLlmServing(text, "s");
            NS_TEST_EXPECT_MSG_EQ(serving.device, "tiny-gpu", "device");
            NS_TEST_EXPECT_MSG_EQ(serving.gpus, 2, "gpus");
            NS_TEST_EXPECT_MSG_EQ(serving.memoryBytes, 24000000000, "memoryBytes");
            NS_TEST_EXPECT_MSG_EQ(serving.weightBytes, 8000000000, "weightBytes");
            NS_TEST_EXPECT_MSG_EQ(serving.kvBytesPerToken, 131072, "kvBytesPerToken");
            NS_TEST_EXPECT_MSG_EQ(serving.flopsPerToken, 7e9, "flopsPerToken");
            NS_TEST_EXPECT_MSG_EQ(serving.attentionFlopsPerPair, 524288, "attentionFlopsPerPair");
            NS_TEST_EXPECT_MSG_EQ(serving.source, "test of serving", "source");
            const LlmStepTimeLaw& law = serving.law;
            NS_TEST_EXPECT_MSG_EQ(law.weightsUs, 9000, "weightsUs");
            NS_TEST_EXPECT_MSG_EQ(law.activationUsPerToken, 12.5, "activationUsPerToken");
            NS_TEST_EXPECT_MSG_EQ(law.gemmUsPerToken, 60, "gemmUsPerToken");
            NS_TEST_EXPECT_MSG_EQ(law.sequenceUs, 5.5, "sequenceUs");
            NS_TEST_EXPECT_MSG_EQ(law.prefillAttentionUsPerPair, 0.002, "prefill");
            NS_TEST_EXPECT_MSG_EQ(law.decodeKvUsPerToken, 0.125, "decodeKvUsPerToken");
            NS_TEST_EXPECT_MSG_EQ(law.multiQueryKvUsPerToken, 0.3, "multiQueryKvUsPerToken");
            NS_TEST_EXPECT_MSG_EQ(law.tileTokens, 64, "tileTokens");
            NS_TEST_EXPECT_MSG_EQ(law.link.has_value(), true, "link");
            const auto link = law.link.value_or(LlmTensorParallelLink());
            NS_TEST_EXPECT_MSG_EQ(link.allReduces, 8, "allReduces");
            NS_TEST_EXPECT_MSG_EQ(link.latencyUs, 40, "latencyUs");
            NS_TEST_EXPECT_MSG_EQ(link.bytesPerToken, 2048, "bytesPerToken");
            NS_TEST_EXPECT_MSG_EQ(link.bytesPerS, 16e9, "bytesPerS");
        }
        auto document = nlohmann::json::parse(SERVING);
        document["serving"]["law"].erase("link");
        const LlmServing serving = ParseLlmServing(document.dump(), "s");
        NS_TEST_EXPECT_MSG_EQ(serving.law.link.has_value(), false, "one GPU");
    }

    /// Every kind of broken document says which file, which field, what was there and expected.
    void CheckErrors()
    {
        const std::vector<std::vector<std::string>> cases{
            // not JSON
            {"\"tiny-gpu\",", "", "s: near /serving/device: parse error at line "},
            {"9000", "NaN", "s: near /serving/law/weightsUs: parse error at line "},
            {"9000", "1e999", "s: /serving/law/weightsUs: "},
            {"\"sequenceUs\": 5.5,", "\"sequenceUs\": 5.5, \"sequenceUs\": 6,", "given twice"},
            // structure
            {"\"serving\"", "\"served\"", "s: /served: unknown key, expected one of version, name"},
            {"\"name\": \"tiny\",", "", "s: /name: missing, expected a text that is not empty"},
            {"\"Base-1B\"", "7", "s: /baseModel: got 7, expected a text that is not empty"},
            {"\"device\": \"tiny-gpu\",", "", "s: /serving/device: missing, expected a text"},
            {"\"tiny-gpu\"", "\"\"", "s: /serving/device: got \"\", expected a text that is not"},
            {"\"law\"", "\"laws\"", "s: /serving/laws: unknown key, expected one of device, law, "},
            {"\"gemmUsPerToken\": 60,",
             "",
             "s: /serving/law/gemmUsPerToken: missing, expected a number from 0"},
            {"\"gemmUsPerToken\"",
             "\"gemmUs\"",
             "s: /serving/law/gemmUs: unknown key, expected one of weightsUs, "
             "activationUsPerToken"},
            {"\"latencyUs\"",
             "\"latencyS\"",
             "s: /serving/law/link/latencyS: unknown key, expected one of allReduces, latencyUs, "},
            {"{\"allReduces\": 8, \"latencyUs\": 40, \"bytesPerToken\": 2048, \"bytesPerS\": 16e9}",
             "[]",
             "s: /serving/law/link: got an array, expected an object"},
            {"{\"allReduces\": 8, \"latencyUs\": 40, \"bytesPerToken\": 2048, \"bytesPerS\": 16e9}",
             "null",
             "s: /serving/law/link: got null, expected an object"},
            // version
            {"\"version\": 1", "\"version\": 2", "s: /version: got 2, expected 1"},
            {"\"version\": 1,", "", "s: /version: missing, expected 1"},
            // ranges
            {"9000", "0", "s: /serving/law/weightsUs: got 0, expected a number above 0"},
            {"9000", "-9000", "s: /serving/law/weightsUs: got -9000, expected a number above 0"},
            {"12.5",
             "-1",
             "s: /serving/law/activationUsPerToken: got -1, expected a number from 0"},
            {"60", "-1", "s: /serving/law/gemmUsPerToken: got -1, expected a number from 0"},
            {"5.5", "-0.5", "s: /serving/law/sequenceUs: got -0.5, expected a number from 0"},
            {"0.002",
             "-1",
             "s: /serving/law/prefillAttentionUsPerPair: got -1, expected a number from 0"},
            {"0.125", "-1", "s: /serving/law/decodeKvUsPerToken: got -1, expected a number from 0"},
            {"0.3", "-1", "s: /serving/law/multiQueryKvUsPerToken: got -1, expected a number from"},
            {"64", "0", "s: /serving/law/tileTokens: got 0, expected an integer from 1 to 65536"},
            {"64", "65537", "s: /serving/law/tileTokens: got 65537, expected an integer from 1"},
            {"64", "1.5", "s: /serving/law/tileTokens: got 1.5, expected an integer from 1 to 655"},
            {"\"allReduces\": 8",
             "\"allReduces\": 0",
             "s: /serving/law/link/allReduces: got 0, expected an integer from 1 to 1000000"},
            {"40", "-40", "s: /serving/law/link/latencyUs: got -40, expected a number from 0"},
            {"2048", "-1", "s: /serving/law/link/bytesPerToken: got -1, expected a number from 0"},
            {"16e9", "0", "s: /serving/law/link/bytesPerS: got 0, expected a number above 0"},
            {"\"gpus\": 2",
             "\"gpus\": 65",
             "s: /serving/gpus: got 65, expected an integer from 1 to"},
            {"24000000000", "0", "s: /serving/memoryBytes: got 0, expected an integer from 1 to 2"},
            {"24000000000", "9007199254740992", "s: /serving/memoryBytes: got 9007199254740992"},
            {"8000000000", "0.5", "s: /serving/weightBytes: got 0.5, expected an integer from 1"},
            {"131072", "0", "s: /serving/kvBytesPerToken: got 0, expected a number above 0"},
            {"7e9", "0", "s: /serving/flopsPerToken: got 0, expected a number above 0"},
            {"524288", "-1", "s: /serving/attentionFlopsPerPair: got -1, expected a number from 0"},
            {"\"test of serving\"", "null", "s: /serving/source: got null, expected a text"},
        };
        ExpectErrors(SERVING, cases, [](const std::string& text) { ParseLlmServing(text, "s"); });
        const auto expect = [this](const std::string& text, const std::string& part) {
            ExpectContains(ErrorOf([&text] { ParseLlmServing(text, "s"); }), part, text);
        };
        expect("", "s: empty, expected a JSON object");
        expect("[]", "s: got an array, expected an object");
        expect(R"({"version": 1, "name": "a", "baseModel": "b"})",
               "s: /serving: missing, expected an object");
        expect(R"({"version": 1, "name": "a", "baseModel": "b", "serving": 3})",
               "s: /serving: got 3, expected an object");
    }

    /// A profile is read with its own rules, also where only its serving is asked for.
    void CheckProfiles()
    {
        std::string text = PROFILE;
        Replace(text, "\"accuracy\": 0.5", "\"accuracy\": 59.05");
        ExpectContains(ErrorOf([&text] { ParseLlmServing(text, "p"); }),
                       "p: /accuracy: got 59.05, expected a share from 0 to 1",
                       "a rule of profiles");

        text = PROFILE;
        Replace(text, "9000", "-9000");
        ExpectContains(ErrorOf([&text] { llmmec::ParseLlmProfile(text, "p"); }),
                       "p: /serving/law/weightsUs: got -9000, expected a number above 0",
                       "a rule of serving");

        const auto path = DATA + "/profiles/llama-3.1-8b-ecld.json";
        ExpectContains(ErrorOf([&path] { ReadLlmServing(path); }),
                       path + ": /serving: missing, expected an object",
                       "a profile without serving");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param name of a model @return its sizes in data/models; none where it is not there
    LlmModelShape FindModel(const std::string& name)
    {
        for (const auto& file : ListLlmFiles(DATA + "/models"))
        {
            const auto shape = ReadLlmModelShape(DATA + "/models/" + file + ".json");
            if (shape.name == name)
            {
                return shape;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(name, "", "no such file in data/models");
        return {};
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmServingTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmServingTestCase::Check check) {
        suite.Add(new LlmServingTestCase(name, check));
    };
    add("laws", &LlmServingTestCase::CheckLaws);
    add("sizes", &LlmServingTestCase::CheckSizes);
    add("values", &LlmServingTestCase::CheckValues);
    add("errors", &LlmServingTestCase::CheckErrors);
    add("profiles", &LlmServingTestCase::CheckProfiles);
}

static const LlmMecTests g_llmServingTests(
    &AddLlmServingTests); //!< registers the cases of this file
