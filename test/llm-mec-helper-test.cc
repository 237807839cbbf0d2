/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/llm-mec-data-folder.h"
#include "ns3/llm-mec-recorder.h"
#include "ns3/llm-model-shape.h"
#include "ns3/llm-serving.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// @param path a file @return what is in it, nothing when it is not there
std::string
ReadAll(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// @param folder a folder @return names of the files in it, in alphabetical order, with commas
std::string
ListFiles(const std::string& folder)
{
    std::vector<std::string> names;
    if (std::filesystem::is_directory(folder))
    {
        for (const auto& entry : std::filesystem::directory_iterator(folder))
        {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    std::string list;
    for (const std::string& name : names)
    {
        list += (list.empty() ? "" : ",") + name;
    }
    return list;
}

/// @param path a CSV file of numbers @return its columns, by their names
std::map<std::string, std::vector<double>>
ReadCsv(const std::string& path)
{
    std::istringstream lines(ReadAll(path));
    std::string line;
    std::getline(lines, line);
    std::vector<std::string> names;
    std::istringstream header(line);
    for (std::string name; std::getline(header, name, ',');)
    {
        names.push_back(name);
    }
    std::map<std::string, std::vector<double>> columns;
    while (std::getline(lines, line))
    {
        std::istringstream row(line);
        std::string text;
        for (const std::string& name : names)
        {
            std::getline(row, text, ',');
            columns[name].push_back(std::stod(text));
        }
    }
    return columns;
}

/// Two-sided 95 % interval by the textbook. @param values values @param t quantile from a table
/// @return its ends
std::pair<double, double>
IntervalByTable(const std::vector<double>& values, double t)
{
    const auto n = static_cast<double>(values.size());
    double sum = 0;
    double squares = 0;
    for (const double value : values)
    {
        sum += value;
        squares += value * value;
    }
    const double mean = sum / n;
    const double half = t * std::sqrt((squares - n * mean * mean) / (n - 1) / n);
    return {mean - half, mean + half};
}

/// @param slots number of slots @return a helper whose runs are all of chance
LlmMecHelper
MakeHelper(uint64_t slots)
{
    LlmMecHelper mec;
    mec.SetStream(0);
    mec.SetPolicy("random");
    mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(slots));
    mec.SetMlu("ns3::llmmec::MluApplication",
               "TaskBits",
               StringValue("ns3::UniformRandomVariable[Min=1e6|Max=3e6]"));
    return mec;
}

/// @param folder where to @param slots slots a cell @param cells cells @param withTasks whether
/// tasks are written @return slots of the first cell
std::vector<SlotRecord>
RunRecorded(const std::string& folder, uint64_t slots, std::size_t cells, bool withTasks)
{
    LlmMecHelper mec = MakeHelper(slots);
    std::vector<LlmMecCell> built;
    LlmMecRecorder recorder(folder, withTasks);
    for (std::size_t c = 0; c < cells; ++c)
    {
        built.push_back(mec.InstallCell(3));
        recorder.AddCell(built.back());
    }
    auto records = RunCells(built);
    recorder.Finish({{"slots", std::to_string(slots)}, {"word", "a \"b\""}});
    Simulator::Destroy();
    return records;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the helper and the recorder; each runs one of the checks below.
 */
class LlmMecHelperTestCase : public TestCase
{
  public:
    using Check = void (LlmMecHelperTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecHelperTestCase(const std::string& name, Check check)
        : TestCase("Helper: " + name),
          m_check(check)
    {
    }

    /// The five lines of the helper's documentation.
    void CheckFiveLines()
    {
        LlmMecHelper mec;
        mec.SetProfile("qwen3-8b-ecld");
        mec.SetPolicy("optimal");
        LlmMecCell cell = mec.InstallCell(3);
        const auto slots = RunCell(cell);
        NS_TEST_EXPECT_MSG_EQ(slots.size(), 100, "T");
        NS_TEST_EXPECT_MSG_EQ(cell.mluApplications.size(), 3, "K");
        const Vector antenna = cell.servers.Get(0)->GetObject<MobilityModel>()->GetPosition();
        NS_TEST_EXPECT_MSG_EQ(antenna.z, 10, "height");
        for (uint32_t k = 0; k < 3; ++k)
        {
            const Vector place = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
            NS_TEST_EXPECT_MSG_LT(std::hypot(place.x - antenna.x, place.y - antenna.y), 20, "disc");
            NS_TEST_EXPECT_MSG_EQ(place.z, 0, "on the ground");
        }
        const SlotTasks& tasks = slots.front().observation.tasks;
        NS_TEST_EXPECT_MSG_EQ(tasks.localHallucination[2], 0.97, "Qwen3, Table I");
        NS_TEST_EXPECT_MSG_EQ(tasks.mecAccuracy[2], 0.6821, "its original, Table I");
        Simulator::Destroy();
    }

    /// Names that are not known, and what is.
    void CheckLookUp()
    {
        LlmMecHelper mec;
        ExpectError([&] { mec.SetPolicy("nonsense"); },
                    {"\"nonsense\"",
                     "always-local",
                     "always-offload",
                     "balanced",
                     "fixed",
                     "optimal",
                     "paced",
                     "random"});
        ExpectError([&] { mec.SetProfile("missing"); },
                    {"/profiles/missing.json", "llama-3.1-8b-ecld", "mistral-12b-original"});
        ExpectError([&] { mec.SetProfile("llama-3.1-8b-ecld", "lost"); }, {"/lost.json"});
        ExpectError([&] { mec.SetProfile("/no/file.json"); }, {"/no/file.json"});
        ExpectError([&] { mec.SetDevice("missing"); },
                    {"/devices/missing.json", "jetson-nano", "phone"});
        ExpectError([&] { mec.SetDevice("edge-server"); }, {"edge-server.json: no maxPowerDbm"});
        ExpectError([&] { LlmMecDataFolder::Find("serving", "missing"); },
                    {"/serving/missing.json", "rtx4090-llama-3.1-8b", "rtxpro6000x2-qwen3-32b"});
        ExpectError([&] { LlmMecDataFolder::Find("models", "missing"); },
                    {"/models/missing.json", "llama-3.1-8b", "qwen3-32b"});
        const std::string sizes = LlmMecDataFolder::Find("models", "qwen3-32b");
        NS_TEST_EXPECT_MSG_EQ(ReadLlmModelShape(sizes).layers, 64, "found by its name");
        const std::string served = LlmMecDataFolder::Find("serving", "rtx4090-llama-3.1-8b");
        NS_TEST_EXPECT_MSG_EQ(ReadLlmServing(served).device, "rtx4090", "found by its name");
        const std::string folder = MakeFolder("profiles");
        const std::string path = folder + "/mine.json";
        std::ofstream(path) << R"({"version": 1, "name": "mine", "baseModel": "Nobody-1B",
            "method": "ecld", "sizeBytes": 1, "energyPerQueryJ": 1, "accuracy": 0.25,
            "hallucination": 0.125, "source": "test"})";
        ExpectError([&] { mec.SetProfile(path); }, {"profile mine", "Nobody-1B"});
        CheckGpuOfMlus(folder);
        mec.SetProfile(path, "mistral-12b-original");
        mec.SetDevice("phone");
        mec.SetPolicy("ns3::llmmec::AlwaysOffloadPolicy");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(1));
        const auto slots = RunCell(mec.InstallCell(1));
        const SlotObservation& observation = slots.at(0).observation;
        NS_TEST_EXPECT_MSG_EQ(observation.tasks.localAccuracy[0], 0.25, "mine");
        NS_TEST_EXPECT_MSG_EQ(observation.tasks.mecHallucination[0], 0.52, "Mistral, Table I");
        NS_TEST_EXPECT_MSG_EQ_TOL(slots.at(0).decision.powerW[0], 1.995262, 1e-6, "33 dBm");
        Simulator::Destroy();
    }

    /// A GPU has no clock, which only cycles need. @param folder where to write a device
    void CheckGpuOfMlus(const std::string& folder)
    {
        const std::string path = folder + "/gpu.json";
        const auto write = [&path](const std::string& clock) {
            std::ofstream(path) << R"({"version": 1, "name": "gpu", "maxPowerDbm": 20, )" << clock
                                << R"("memoryBytes": 1, "memoryBytesPerS": 1, "peakFlops": 1,
                "weightBits": 16, "source": "test"})";
        };
        LlmMecHelper mec;
        ExpectError([&] { mec.SetDevice("rtx4090"); }, {"rtx4090.json: no maxPowerDbm"});
        write(R"("energyCoefficient": 1e-28, )");
        ExpectError([&] { mec.SetDevice(path); }, {path + ": no frequencyHz, expected a device"});
        write(R"("frequencyHz": 1e9, )");
        ExpectError([&] { mec.SetDevice(path); }, {path + ": no energyCoefficient, expected a"});
        write(R"("frequencyHz": 1e9, "energyCoefficient": 1e-28, )");
        mec.SetDevice(path);
        write("");
        ExpectError([&] { mec.SetDevice(path); }, {path + ": no frequencyHz, expected a device"});
        mec.SetMluCompute("ns3::llmmec::ProfileComputeModel");
        mec.SetDevice(path);
    }

    /// Rows are what the traces said, means are means of rows, and what JSON says of the run.
    void CheckRecorder()
    {
        const std::string folder = MakeFolder("recorder");
        const auto records = RunRecorded(folder, 9, 2, true);
        NS_TEST_ASSERT_MSG_EQ(ListFiles(folder), "slots.csv,summary.json,tasks.csv", "files");
        auto slots = ReadCsv(folder + "/slots.csv");
        auto tasks = ReadCsv(folder + "/tasks.csv");
        NS_TEST_ASSERT_MSG_EQ(slots["slot"].size(), 2 * 9, "rows");
        NS_TEST_ASSERT_MSG_EQ(tasks["slot"].size(), 2 * 9 * 3, "rows");
        std::size_t t = 0;
        for (std::size_t row = 0; row < slots["cell"].size(); ++row)
        {
            if (slots["cell"][row] != 0)
            {
                continue;
            }
            const SlotRecord& record = records.at(t++);
            const SlotOutcome& outcome = record.outcome;
            ExpectNear(slots["slot"][row], static_cast<double>(record.observation.slot), "slot");
            ExpectNear(slots["startS"][row], record.observation.startS, "startS");
            ExpectNear(slots["meanLatencyS"][row], outcome.latencyS.sum() / 3, "latency");
            ExpectNear(slots["reward"][row], outcome.reward, "reward");
            ExpectNear(slots["penalty"][row], outcome.penalty, "penalty");
            ExpectNear(slots["meanAccuracy"][row], outcome.accuracy.sum() / 3, "accuracy");
            ExpectNear(slots["meanEnergyJ"][row],
                       (outcome.localEnergyJ.sum() + outcome.uplinkEnergyJ.sum()) / 3,
                       "energy");
            int violations = 0;
            for (int k = 0; k < 3; ++k)
            {
                violations += outcome.accuracy[k] < 0.6 || outcome.hallucination[k] > 0.78 ||
                              outcome.localEnergyJ[k] + outcome.uplinkEnergyJ[k] > 2;
            }
            ExpectNear(slots["violations"][row], violations, "violations");
        }
        NS_TEST_EXPECT_MSG_EQ(t, 9, "slots of the first cell");
        t = 0;
        for (std::size_t row = 0; row < tasks["cell"].size(); ++row)
        {
            if (tasks["cell"][row] != 0)
            {
                continue;
            }
            const SlotRecord& record = records.at(t / 3);
            const auto k = static_cast<Eigen::Index>(t++ % 3);
            ExpectNear(tasks["mlu"][row], static_cast<double>(k), "mlu");
            ExpectNear(tasks["bits"][row], record.observation.tasks.bits[k], "bits");
            ExpectNear(tasks["gainDb"][row], 10 * std::log10(record.observation.gain[k]), "dB");
            ExpectNear(tasks["offloadRatio"][row], record.decision.offloadRatio[k], "ratio");
            ExpectNear(tasks["powerW"][row], record.decision.powerW[k], "power");
            ExpectNear(tasks["uplinkBps"][row], record.outcome.uplinkBps[k], "rate");
            ExpectNear(tasks["localLatencyS"][row], record.outcome.localLatencyS[k], "local");
            ExpectNear(tasks["uplinkLatencyS"][row], record.outcome.uplinkLatencyS[k], "uplink");
            ExpectNear(tasks["mecLatencyS"][row], record.outcome.mecLatencyS[k], "mec");
            ExpectNear(tasks["latencyS"][row], record.outcome.latencyS[k], "latency");
            ExpectNear(tasks["localEnergyJ"][row], record.outcome.localEnergyJ[k], "energy");
            ExpectNear(tasks["uplinkEnergyJ"][row], record.outcome.uplinkEnergyJ[k], "energy");
            ExpectNear(tasks["hallucination"][row], record.outcome.hallucination[k], "quality");
        }
        const auto summary = nlohmann::json::parse(ReadAll(folder + "/summary.json"));
        double sum = 0;
        for (const double latencyS : slots["meanLatencyS"])
        {
            sum += latencyS / 18;
        }
        ExpectNear(summary["meanLatencyS"], sum, "mean");
        double violations = 0;
        for (const double inSlot : slots["violations"])
        {
            violations += inSlot;
        }
        NS_TEST_EXPECT_MSG_GT(violations, 0, "some limits are broken");
        ExpectNear(summary["violationRate"], violations / (18 * 3), "share of tasks");
        NS_TEST_EXPECT_MSG_EQ((summary["settings"]["slots"] == 9), true, "a number");
        NS_TEST_EXPECT_MSG_EQ((summary["settings"]["word"] == "a \"b\""), true, "a text");
        NS_TEST_EXPECT_MSG_EQ((summary["intervalsOver"] == "batches of slots"), true, "over");
    }

    /// Intervals with Student's t from a table: 12 cells, 20 batches of 3 slots, 7 slots.
    void CheckIntervals()
    {
        const std::string folder = MakeFolder("intervals");
        RunRecorded(folder + "/cells", 4, 12, false);
        RunRecorded(folder + "/batches", 60, 1, false);
        RunRecorded(folder + "/few", 7, 3, false);
        NS_TEST_EXPECT_MSG_EQ(ListFiles(folder + "/cells"), "slots.csv,summary.json", "no tasks");
        ExpectInterval(folder + "/cells", 12, "cell", 1, 2.200985160);
        ExpectInterval(folder + "/batches", 20, "slot", 3, 2.093024054);
        ExpectInterval(folder + "/few", 7, "slot", 1, 2.446911851);
    }

    /// Equal seeds give equal bytes.
    void CheckBytes()
    {
        const std::string folder = MakeFolder("bytes");
        RunRecorded(folder + "/a", 5, 2, true);
        RunRecorded(folder + "/b", 5, 2, true);
        for (const char* name : {"/slots.csv", "/tasks.csv", "/summary.json"})
        {
            const std::string a = ReadAll(folder + "/a" + name);
            NS_TEST_EXPECT_MSG_GT(a.size(), 100, name);
            NS_TEST_EXPECT_MSG_EQ((a == ReadAll(folder + "/b" + name)), true, name);
        }
    }

    /// Files are there whole or not at all.
    void CheckFiles()
    {
        const std::string folder = MakeFolder("files");
        {
            LlmMecRecorder unfinished(folder, true);
            const std::string meanwhile = ".llm-mec.lock,slots.csv.part,tasks.csv.part";
            NS_TEST_EXPECT_MSG_EQ(ListFiles(folder), meanwhile, "meanwhile");
            ExpectError([&] { LlmMecRecorder(folder, true); }, {folder, "another run"});
            ExpectError([&] { LlmMecOutputFile(folder + "/slots.csv"); }, {"another run"});
            NS_TEST_EXPECT_MSG_EQ(ListFiles(folder), meanwhile, "the refused have left it");
        }
        NS_TEST_EXPECT_MSG_EQ(ListFiles(folder), "", "nothing without Finish");
        {
            LlmMecRecorder empty(folder, true);
            ExpectError([&] { empty.Finish({}); }, {"no slot"});
        }
        NS_TEST_EXPECT_MSG_EQ(ListFiles(folder), "", "nothing when there was nothing");
        std::ofstream(folder + "/file") << "a file";
        for (const std::string below : {"/file", "/file/below"})
        {
            ExpectError([&] { LlmMecRecorder(folder + below, true); }, {folder + "/file"});
        }
        std::filesystem::create_directories(folder + "/taken/tasks.csv");
        ExpectError([&] { LlmMecRecorder(folder + "/taken", true); }, {"/taken/tasks.csv"});
        NS_TEST_EXPECT_MSG_EQ(ListFiles(folder + "/taken"), "tasks.csv", "nothing added");
        NS_TEST_EXPECT_MSG_EQ(ReadAll(folder + "/file"), "a file", "as it was");
        RunRecorded("", 2, 1, true); // no folder, no files, no error
        RunRecorded(folder + "/a\xff", 2, 1, false);
        NS_TEST_EXPECT_MSG_EQ(ListFiles(folder + "/a\xff"), "slots.csv,summary.json", "no UTF-8");
    }

    /// Cells that end apart: means over all rows, intervals over what all have.
    void CheckUnequalCells()
    {
        LlmMecHelper mec = MakeHelper(10);
        std::vector<LlmMecCell> cells = {mec.InstallCell(1)};
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(4));
        cells.push_back(mec.InstallCell(1));
        LlmMecRecorder recorder("", false);
        recorder.AddCell(cells[0]);
        recorder.AddCell(cells[1]);
        ExpectError([&] { recorder.GetMeans(); }, {"no slot"});
        double sum = 0;
        std::vector<Ptr<OffloadController>> controllers;
        for (const LlmMecCell& cell : cells)
        {
            controllers.push_back(cell.controller);
            cell.controller->TraceConnectWithoutContext(
                "SlotEnded",
                Callback<void, const SlotObservation&, const SlotDecision&, const SlotOutcome&>(
                    [&sum](const SlotObservation&, const SlotDecision&, const SlotOutcome& o) {
                        sum += o.reward;
                    }));
        }
        OffloadController::StopWhenAllEnded(controllers);
        Simulator::Run();
        const auto means = recorder.GetMeans();
        NS_TEST_EXPECT_MSG_EQ(means.at(1).first, "meanReward", "name");
        ExpectNear(means.at(1).second.mean, sum / 14, "over all rows");
        const MeanInterval& interval = means.at(1).second;
        NS_TEST_EXPECT_MSG_LT(interval.low, interval.mean, "interval");
        ExpectNear((interval.low + interval.high) / 2, interval.mean, "around the mean");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param name of a folder @return its path; it is there and empty
    std::string MakeFolder(const std::string& name)
    {
        const std::string path = CreateTempDirFilename("llm-mec-helper-" + name);
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
        return path;
    }

    /// @param folder with a summary of rewards @param n number of values @param by column that
    /// groups rows to values @param width how many of that column go to one value @param t quantile
    void ExpectInterval(const std::string& folder,
                        std::size_t n,
                        const std::string& by,
                        double width,
                        double t)
    {
        auto rows = ReadCsv(folder + "/slots.csv");
        std::vector<double> sums(n);
        std::vector<int> counts(n);
        for (std::size_t row = 0; row < rows["reward"].size(); ++row)
        {
            const auto i = static_cast<std::size_t>(rows[by][row] / width);
            sums.at(i) += rows["reward"][row];
            ++counts[i];
        }
        for (std::size_t i = 0; i < n; ++i)
        {
            sums[i] /= counts[i];
        }
        const auto [low, high] = IntervalByTable(sums, t);
        const auto summary = nlohmann::json::parse(ReadAll(folder + "/summary.json"));
        const nlohmann::json interval = summary["meanRewardCi95"];
        NS_TEST_EXPECT_MSG_EQ_TOL(interval[0].get<double>(), low, 1e-7, folder);
        NS_TEST_EXPECT_MSG_EQ_TOL(interval[1].get<double>(), high, 1e-7, folder);
        NS_TEST_EXPECT_MSG_EQ_TOL(summary["meanReward"].get<double>(),
                                  (low + high) / 2,
                                  1e-7,
                                  folder);
    }

    /// @param run what should fail @param parts what its message has to hold
    template <typename Run>
    void ExpectError(const Run& run, const std::vector<std::string>& parts)
    {
        std::string error = "(no error)";
        try
        {
            run();
        }
        catch (const std::runtime_error& e)
        {
            error = e.what();
        }
        catch (const std::invalid_argument& e)
        {
            error = e.what();
        }
        for (const std::string& part : parts)
        {
            NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << ": no " << part);
        }
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line: " << error);
    }

    /// @param is what there is, of nine digits @param expected what there should be @param what
    /// message
    void ExpectNear(double is, double expected, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(is, expected, 1e-8 * std::abs(expected) + 1e-15, what);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecHelperTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecHelperTestCase::Check check) {
        suite.Add(new LlmMecHelperTestCase(name, check));
    };
    add("five lines", &LlmMecHelperTestCase::CheckFiveLines);
    add("look-up", &LlmMecHelperTestCase::CheckLookUp);
    add("recorder", &LlmMecHelperTestCase::CheckRecorder);
    add("intervals", &LlmMecHelperTestCase::CheckIntervals);
    add("bytes", &LlmMecHelperTestCase::CheckBytes);
    add("files", &LlmMecHelperTestCase::CheckFiles);
    add("unequal cells", &LlmMecHelperTestCase::CheckUnequalCells);
}

static const LlmMecTests g_llmMecHelperTests(
    &AddLlmMecHelperTests); //!< registers the cases of this file
