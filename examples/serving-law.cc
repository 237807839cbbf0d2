/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/*
 * The numbers of a step's time, and how many tokens fit into memory beside the weights.
 *
 *     ./llm-mec run serving-law
 *     ./llm-mec run serving-law --serving=rtx4090-llama-3.1-8b,roofline:rtx4090:qwen3-8b
 *     ./ns3 run "serving-law --ns3::llmmec::RooflineStepTimeModel::GemmEfficiency=0.5"
 */

#include "base/program.h"

#include "ns3/llm-mec-attribute-use.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/llm-mec-step-time.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @return rooflines of four devices with the three models of Table I, with commas
std::string
GetDefaults()
{
    std::string text;
    for (const char* device : {"phone", "jetson-nano", "laptop", "edge-server"})
    {
        for (const char* model : {"llama-3.1-8b", "qwen3-8b", "mistral-12b"})
        {
            text += std::string(text.empty() ? "" : ",") + "roofline:" + device + ":" + model;
        }
    }
    return text;
}

/// @param model step times @param use notes the engine's attributes @return tokens that the KV
/// cache holds; 0 where the model does not fit into memory
uint64_t
CountKvTokens(Ptr<StepTimeModel> model, LlmMecAttributeUse& use)
{
    auto engine = CreateObject<ContinuousBatchingEngine>();
    engine->SetAttribute("StepTimeModel", PointerValue(model));
    use.Note(engine);
    UintegerValue blockTokens;
    engine->GetAttribute("BlockTokens", blockTokens);
    try
    {
        return engine->GetScheduler().GetPool().GetTotal() * blockTokens.Get();
    }
    catch (const std::runtime_error&)
    {
        return 0;
    }
}

/// Print the numbers. @param argc number of arguments @param argv arguments
void
Run(int argc, char* argv[])
{
    std::string servings = GetDefaults();
    LlmMecSettings line;
    line.AddText("serving",
                 "What to print, with commas: names of data/serving, files, roofline:DEVICE:MODEL",
                 servings);
    line.Parse(argc, argv, __FILE__, "The numbers of a step's time.");

    struct Row
    {
        std::string name;
        LlmServing serving;
        uint64_t kvTokens;
    };

    std::vector<Row> rows;
    LlmMecAttributeUse use;
    std::istringstream names(servings);
    std::size_t width = 0;
    for (std::string name; std::getline(names, name, ',');)
    {
        const Ptr<StepTimeModel> model = MakeStepTimeModel(name);
        use.Note(model);
        rows.push_back({name, model->GetServing(), CountKvTokens(model, use)});
        width = std::max(width, name.size() + 2);
    }
    use.RefuseUnused(*line.GetTyped(), {});

    const int first = static_cast<int>(width);
    std::cout << std::left << std::setw(first) << "us" << std::right;
    for (const char* title : {"w", "a", "f", "tile", "s", "p", "q", "qm"})
    {
        std::cout << std::setw(10) << title;
    }
    std::cout << std::setw(14) << "weights, GB" << std::setw(11) << "KV tokens" << '\n';
    for (const Row& row : rows)
    {
        const LlmStepTimeLaw& law = row.serving.law;
        std::cout << std::left << std::setw(first) << row.name << std::right
                  << std::setprecision(4);
        for (const double number : {law.weightsUs,
                                    law.activationUsPerToken,
                                    law.gemmUsPerToken,
                                    static_cast<double>(law.tileTokens),
                                    law.sequenceUs,
                                    law.prefillAttentionUsPerPair,
                                    law.decodeKvUsPerToken,
                                    law.multiQueryKvUsPerToken})
        {
            // Digits as a reader wants them: thousands of microseconds without an exponent.
            const double thousand = 1000;
            std::ostringstream text;
            text << std::setprecision(4);
            if (number >= thousand)
            {
                text << std::fixed << std::setprecision(0);
            }
            text << number;
            std::cout << std::setw(10) << text.str();
        }
        const double bytesAGb = 1e9;
        std::cout << std::setw(14) << static_cast<double>(row.serving.weightBytes) / bytesAGb
                  << std::setw(11);
        if (row.kvTokens > 0)
        {
            std::cout << row.kvTokens << '\n';
        }
        else
        {
            std::cout << "none" << '\n';
        }
    }
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    return base::RunProgram("serving-law", argc, argv, [&]() { Run(argc, argv); });
}
