/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-device.h"
#include "ns3/llm-profile.h"

#include <cstdint>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ListLlmFiles;
using llmmec::ParseLlmDevice;
using llmmec::ReadLlmDevice;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what devices say; each runs one of the checks below.
 */
class LlmDeviceTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmDeviceTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmDeviceTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM device: " + name),
          m_check(check)
    {
    }

    /// The shipped devices parse, and those of the paper have its numbers.
    void CheckDevices()
    {
        const auto phone = ReadLlmDevice(DATA + "/devices/phone.json");
        NS_TEST_EXPECT_MSG_EQ(phone.name, "phone", "name");
        NS_TEST_EXPECT_MSG_EQ(phone.frequencyHz.value_or(0), 2e9, "f_k");
        NS_TEST_EXPECT_MSG_EQ(phone.energyCoefficient.value_or(0), 1e-28, "kappa_comp");
        NS_TEST_EXPECT_MSG_EQ(phone.maxPowerDbm.value_or(0), 33, "P_k^max");
        NS_TEST_EXPECT_MSG_EQ(phone.weightBits, 4, "phones take 4 bits");
        NS_TEST_EXPECT_MSG_EQ(phone.batteryJ.has_value(), true, "a phone has a battery");

        const auto nano = ReadLlmDevice(DATA + "/devices/jetson-nano.json");
        NS_TEST_EXPECT_MSG_EQ(nano.frequencyHz.value_or(0), 1.43e9, "Cortex-A57");
        NS_TEST_EXPECT_MSG_EQ(nano.memoryBytes, uint64_t{4} << 30, "4 GB");
        NS_TEST_EXPECT_MSG_EQ(nano.memoryBytesPerS, 25.6e9, "LPDDR4");
        NS_TEST_EXPECT_MSG_EQ(nano.peakFlops, 472e9, "fp16");

        const auto laptop = ReadLlmDevice(DATA + "/devices/laptop.json");
        NS_TEST_EXPECT_MSG_EQ(laptop.memoryBytes, uint64_t{8} << 30, "Example 1: 8 GB");
        NS_TEST_EXPECT_MSG_EQ(laptop.weightBits, 8, "laptops take 8 bits");

        const auto server = ReadLlmDevice(DATA + "/devices/edge-server.json");
        NS_TEST_EXPECT_MSG_EQ(server.frequencyHz.value_or(0), 10e9, "F");
        NS_TEST_EXPECT_MSG_EQ(server.maxPowerDbm.has_value(), false, "no uplink of its own");
        NS_TEST_EXPECT_MSG_EQ(server.batteryJ.has_value(), false, "on mains");

        const auto gpu = ReadLlmDevice(DATA + "/devices/rtx4090.json");
        NS_TEST_EXPECT_MSG_EQ(gpu.frequencyHz.has_value(), false, "no clock");
        NS_TEST_EXPECT_MSG_EQ(gpu.energyCoefficient.has_value(), false, "no kappa_comp");
        NS_TEST_EXPECT_MSG_EQ(gpu.tensorParallel.has_value(), false, "one GPU");
        NS_TEST_EXPECT_MSG_EQ(gpu.memoryBytesPerS, 1008e9, "GDDR6X");
        NS_TEST_EXPECT_MSG_EQ(gpu.peakFlops, 165.2e12, "dense bf16");
        NS_TEST_EXPECT_MSG_EQ(gpu.fp32Flops.value_or(0), 82.58e12, "fp32");
        NS_TEST_EXPECT_MSG_EQ(gpu.weightBits, 16, "bf16");
        for (const std::string name :
             {"galaxy-s23", "iphone-14", "mate-60", "rtx2080", "rtx3090", "rtx4090"})
        {
            const auto device = ReadLlmDevice(DATA + "/devices/" + name + ".json");
            NS_TEST_EXPECT_MSG_EQ(device.name, name, "name");
            const bool isServer = name.substr(0, 3) == "rtx";
            NS_TEST_EXPECT_MSG_EQ(device.maxPowerDbm.has_value(), !isServer, "uplink");
            NS_TEST_EXPECT_MSG_EQ(device.fp32Flops.has_value(), isServer, "fp32");
        }

        // Two of a GPU are that GPU with a link.
        const auto one = ReadLlmDevice(DATA + "/devices/rtxpro6000.json");
        const auto two = ReadLlmDevice(DATA + "/devices/rtxpro6000x2.json");
        NS_TEST_EXPECT_MSG_EQ(one.memoryBytesPerS, 1597e9, "GDDR7");
        NS_TEST_EXPECT_MSG_EQ(one.peakFlops, 503.8e12, "dense bf16");
        NS_TEST_EXPECT_MSG_EQ(two.memoryBytes, one.memoryBytes, "of each");
        NS_TEST_EXPECT_MSG_EQ(two.memoryBytesPerS, one.memoryBytesPerS, "of each");
        NS_TEST_EXPECT_MSG_EQ(two.peakFlops, one.peakFlops, "of each");
        NS_TEST_ASSERT_MSG_EQ(two.tensorParallel.has_value(), true, "two GPUs");
        NS_TEST_EXPECT_MSG_EQ(two.tensorParallel->gpus, 2, "two GPUs");
        NS_TEST_EXPECT_MSG_EQ(two.tensorParallel->allReduceLatencyUs, 40, "two hops of 20 us");
        NS_TEST_EXPECT_MSG_EQ(two.tensorParallel->linkBytesPerS, 16e9, "16 GB/s");

        for (const auto& name : ListLlmFiles(DATA + "/devices"))
        {
            const auto device = ReadLlmDevice(DATA + "/devices/" + name + ".json");
            NS_TEST_EXPECT_MSG_EQ(device.name, name, "name and file");
        }
    }

    /// A document with every key, value by value.
    void CheckValues()
    {
        const auto device = ParseLlmDevice(DEVICE, "d");
        NS_TEST_EXPECT_MSG_EQ(device.frequencyHz.value_or(0), 2e9, "frequencyHz");
        NS_TEST_EXPECT_MSG_EQ(device.energyCoefficient.value_or(0), 1e-28, "energyCoefficient");
        NS_TEST_EXPECT_MSG_EQ(device.maxPowerDbm.value_or(0), 33, "maxPowerDbm");
        NS_TEST_EXPECT_MSG_EQ(device.memoryBytes, 4294967296, "memoryBytes");
        NS_TEST_EXPECT_MSG_EQ(device.memoryBytesPerS, 25.6e9, "memoryBytesPerS");
        NS_TEST_EXPECT_MSG_EQ(device.peakFlops, 472e9, "peakFlops");
        NS_TEST_EXPECT_MSG_EQ(device.weightBits, 4, "weightBits");
        const auto parallel = device.tensorParallel.value_or(llmmec::LlmTensorParallel());
        NS_TEST_EXPECT_MSG_EQ(parallel.gpus, 4, "gpus");
        NS_TEST_EXPECT_MSG_EQ(parallel.allReduceLatencyUs, 30, "allReduceLatencyUs");
        NS_TEST_EXPECT_MSG_EQ(parallel.linkBytesPerS, 64e9, "linkBytesPerS");
        NS_TEST_EXPECT_MSG_EQ(device.batteryJ.value_or(0), 60000, "batteryJ");
    }

    /// The device reader has the same discipline; what only it has is checked here.
    void CheckErrors()
    {
        const std::vector<std::vector<std::string>> cases{
            {"\"weightBits\": 4",
             "\"weightBits\": 5",
             "d: /weightBits: got 5, expected 4, 8 or 16"},
            {"\"weightBits\": 4", "\"weightBits\": 32", "d: /weightBits: got 32, expected 4, 8 or"},
            {"\"weightBits\": 4", "\"weightBits\": 4.5", "d: /weightBits: got 4.5, expected 4, 8"},
            {"33", "33000", "d: /maxPowerDbm: got 33000, expected a power in dBm from -60 to 60"},
            {"2e9", "0", "d: /frequencyHz: got 0, expected a number above 0"},
            {"1e-28", "-1e-28", "d: /energyCoefficient: got -1e-28, expected a number from 0"},
            {"60000", "0", "d: /batteryJ: got 0, expected a number above 0"},
            {"\"batteryJ\"", "\"battery\"", "d: /battery: unknown key, expected one of version, "},
            {"\"gpus\": 4",
             "\"gpus\": 1",
             "d: /tensorParallel/gpus: got 1, expected an integer from"},
            {"\"gpus\": 4", "\"gpus\": 65", "d: /tensorParallel/gpus: got 65, expected an integer"},
            {"\"gpus\": 4,", "", "d: /tensorParallel/gpus: missing, expected an integer from 2 to"},
            {"\"gpus\"", "\"gpu\"", "d: /tensorParallel/gpu: unknown key, expected one of gpus, a"},
            {"30", "-1", "d: /tensorParallel/allReduceLatencyUs: got -1, expected a number from 0"},
            {"64e9", "0", "d: /tensorParallel/linkBytesPerS: got 0, expected a number above 0"},
            {"4294967296", "0", "d: /memoryBytes: got 0, expected an integer from 1 to 2^53 - 1"},
        };
        ExpectErrors(DEVICE, cases, [](const std::string& text) { ParseLlmDevice(text, "d"); });
        const auto error = ErrorOf([] { ReadLlmDevice("/no/such/device.json"); });
        ExpectContains(error, "/no/such/device.json: no such file", "missing");
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
AddLlmDeviceTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmDeviceTestCase::Check check) {
        suite.Add(new LlmDeviceTestCase(name, check));
    };
    add("devices", &LlmDeviceTestCase::CheckDevices);
    add("values", &LlmDeviceTestCase::CheckValues);
    add("errors", &LlmDeviceTestCase::CheckErrors);
}

static const LlmMecTests g_llmDeviceTests(&AddLlmDeviceTests); //!< registers the cases of this file
