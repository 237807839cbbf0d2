/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

// The client that times llama.cpp, with a stub in llama.cpp's place that uses a known energy.

#include "base/output-file.h"
#include "expect-error.h"
#include "measure/runtime-speed.h"
#include "temporary-folder.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace ecld
{

namespace
{

namespace fs = std::filesystem;

/// What client.mjs calls of node-llama-cpp. A prompt takes 100 uJ a token of the first counter, a
/// single token 200; either takes 10 uJ of the second. The first call of all takes 300 more.
/// Counters wrap at 1000.
const char* const STUB = R"js(
import {readFileSync, writeFileSync} from "node:fs";
const [package0, dram] = process.env.LLAMA_COUNTERS.split(",");
const add = (file, energy) =>
    writeFileSync(file, String((Number(readFileSync(file, "utf8")) + energy) % 1000));
let warmUp = 300;
const sequence = {
    async clearHistory() {},
    async evaluateWithoutGeneratingNewTokens(ids) {
        add(package0, warmUp + (ids.length === 1 ? 200 : 100 * ids.length));
        warmUp = 0;
        add(dram, 10 * ids.length);
    }
};
const context = {getSequence: () => sequence};
export const LlamaLogLevel = {};
export const getLlama = async () => ({
    loadModel: async () => ({createContext: async () => context}),
    llamaCppRelease: {release: "stub"},
    dispose: async () => {}
});
)js";

/// A client with the stub, and a powercap tree.
class RuntimeSpeedTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        const fs::path modules = fs::path(m_folder.GetPath()) / "node_modules" / "node-llama-cpp";
        fs::create_directories(modules);
        base::WriteTextFile(
            (modules / "package.json").string(),
            R"({"name": "node-llama-cpp", "type": "module", "exports": "./index.js"})");
        base::WriteTextFile((modules / "index.js").string(), STUB);
        base::WriteTextFile(m_folder / "installed", "");
        fs::copy_file(ECLD_CLIENT_SOURCE, m_folder / "client.mjs");
        m_settings.clientFolder = m_folder.GetPath();
        const std::string problem = FindClientProblem(m_settings);
        if (!problem.empty())
        {
            GTEST_SKIP() << problem;
        }
        AddZone("intel-rapl:0", "package-0", "990");
        AddZone("intel-rapl:0:0", "dram", "5");
    }

    void AddZone(const std::string& folder, const char* name, const char* energyUj) const
    {
        const fs::path zone = fs::path(m_powercap.GetPath()) / folder;
        fs::create_directories(zone);
        base::WriteTextFile((zone / "name").string(), name);
        base::WriteTextFile((zone / "max_energy_range_uj").string(), "1000");
        base::WriteTextFile((zone / "energy_uj").string(), energyUj);
    }

    const TemporaryFolder m_folder;         //!< of the client
    const TemporaryFolder m_powercap;       //!< counters
    SpeedSettings m_settings{4, 3, 20, ""}; //!< tokens of prompt and generation, repeats
};

TEST_F(RuntimeSpeedTest, CountsTheEnergyOfCountersThatWrap)
{
    const EnergyMeter meter({m_powercap.GetPath(), 0});
    ASSERT_EQ(meter.GetCounterFiles().size(), 2U);
    const RuntimeSpeed speed = MeasureLlamaSpeed("model.gguf", m_settings, meter);
    // A repeat takes 400 and 600 uJ of a counter that wraps at 1000; the first one warms up.
    ASSERT_EQ(speed.promptPerTokenJ.size(), 20U);
    ASSERT_EQ(speed.generationPerTokenJ.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i)
    {
        EXPECT_NEAR(speed.promptPerTokenJ[i], 110e-6, 1e-12) << i;
        EXPECT_NEAR(speed.generationPerTokenJ[i], 210e-6, 1e-12) << i;
        EXPECT_GE(speed.promptPerTokenS[i], 0);
    }
    EXPECT_EQ(speed.runtime, "llama.cpp stub (node-llama-cpp), CPU, 1 thread");
    EXPECT_EQ(speed.energySource.rfind("rapl", 0), 0U);
    const std::string text = WriteRuntimeSpeed(speed);
    const RuntimeSpeed again = ParseRuntimeSpeed(text, "speed");
    EXPECT_EQ(again.promptPerTokenS, speed.promptPerTokenS);
    EXPECT_EQ(again.generationPerTokenJ, speed.generationPerTokenJ);
    EXPECT_EQ(WriteRuntimeSpeed(again), text);
}

TEST_F(RuntimeSpeedTest, NamesTheModelWhoseReportIsOdd)
{
    const EnergyMeter meter({m_powercap.GetPath(), 0});
    base::WriteTextFile(m_folder / "client.mjs", "console.log('{\"runtime\": \"none\"}');");
    ExpectError<std::runtime_error>([&]() { MeasureLlamaSpeed("a.gguf", m_settings, meter); },
                                    {"a.gguf", "results"});
    base::WriteTextFile(m_folder / "client.mjs", "process.exit(3);");
    ExpectError<std::runtime_error>([&]() { MeasureLlamaSpeed("a.gguf", m_settings, meter); },
                                    {"a.gguf", "does not run"});
}

} // namespace

} // namespace ecld
