/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/double.h"
#include "ns3/energy-source-container.h"
#include "ns3/llm-mec-chat-helper.h"
#include "ns3/llm-mec-data-folder.h"
#include "ns3/llm-mec-scenario.h"
#include "ns3/mobility-model.h"
#include "ns3/nstime.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

using Words = std::vector<std::string>;               //!< of a command line
using Values = std::map<std::string, std::string>;    //!< names and values in force
using Objects = std::map<std::string, Ptr<Object>>;   //!< one of each type, by the type's name
using Builder = std::function<Objects(const Words&)>; //!< makes a cell of a command line

/// Some cells, and what their command line says of them.
struct Built
{
    LlmMecScenario scenario; //!< after parsing
    Values values;           //!< that would be recorded
    LlmMecCell cell;         //!< the first
};

/// @param policy name of one @param words of the command line @return the cell
/// @throw std::invalid_argument in one line
Built
Build(const std::string& policy, const Words& words)
{
    Built built;
    LlmMecSettings settings;
    built.scenario.AddTo(settings);
    Words all{"test"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all)
    {
        argv.push_back(word.data());
    }
    settings.Parse(static_cast<int>(argv.size()), argv.data(), __FILE__, "A test.");
    for (const auto& [name, value] : settings.GetValues())
    {
        built.values[name] = value;
    }
    LlmMecHelper mec = built.scenario.MakeHelper();
    mec.SetPolicy(policy);
    built.cell = built.scenario.BuildCells(mec).front();
    return built;
}

/// Add an object and all that it points to. @param object it @param objects found so far
/// @param seen found so far, also further ones of a type
void
Walk(Ptr<Object> object, Objects& objects, std::set<Ptr<Object>>& seen)
{
    if (!object || !seen.insert(object).second)
    {
        return;
    }
    for (TypeId tid = object->GetInstanceTypeId();; tid = tid.GetParent())
    {
        objects.emplace(tid.GetName(), object);
        for (std::size_t i = 0; i < tid.GetAttributeN(); ++i)
        {
            const TypeId::AttributeInformation attribute = tid.GetAttribute(i);
            PointerValue pointer;
            if (attribute.checker->GetValueTypeName() == "ns3::PointerValue" &&
                attribute.accessor->HasGetter() &&
                object->GetAttributeFailSafe(attribute.name, pointer))
            {
                Walk(pointer.GetObject(), objects, seen);
            }
        }
        if (!tid.HasParent() || tid.GetParent() == tid)
        {
            break;
        }
    }
    if (const auto loss = DynamicCast<PropagationLossModel>(object))
    {
        Walk(loss->GetNext(), objects, seen);
    }
    if (const auto node = DynamicCast<Node>(object))
    {
        Walk(node->GetObject<MobilityModel>(), objects, seen);
        const auto sources = node->GetObject<EnergySourceContainer>();
        for (uint32_t i = 0; sources && i < sources->GetN(); ++i)
        {
            Walk(sources->Get(i), objects, seen);
        }
    }
}

/// @param cell a cell @return its objects
Objects
GetObjects(const LlmMecCell& cell)
{
    Objects objects;
    std::set<Ptr<Object>> seen;
    Walk(cell.controller, objects, seen);
    Walk(cell.mluApplications.front(), objects, seen);
    Walk(cell.link, objects, seen);
    Walk(cell.serverApplications.front(), objects, seen);
    Walk(cell.mlus.Get(0), objects, seen);
    Walk(cell.servers.Get(0), objects, seen);
    return objects;
}

/// @param policy who answers @param discipline of the server @param words of the command line
/// @return objects of a cell of phones @throw std::invalid_argument in one line
Objects
BuildChat(const std::string& policy, const std::string& discipline, const Words& words)
{
    LlmMecSettings settings;
    Words all{"test"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all)
    {
        argv.push_back(word.data());
    }
    settings.Parse(static_cast<int>(argv.size()), argv.data(), __FILE__, "A test.");
    LlmMecChatHelper chat;
    chat.SetPolicy(policy);
    chat.SetServerDiscipline("ns3::llmmec::" + discipline + "Discipline");
    const LlmMecChatCell cell = chat.InstallCell(2);
    chat.GetAttributeUse().RefuseUnused(*settings.GetTyped(), {});
    Objects objects;
    std::set<Ptr<Object>> seen;
    Walk(cell.clients.front(), objects, seen);
    Walk(cell.server, objects, seen);
    Walk(cell.link, objects, seen);
    Walk(cell.mlus.Get(0), objects, seen);
    Walk(cell.serverNode, objects, seen);
    return objects;
}

/// @param attribute one @param value its value now @return texts of other values, nothing where
/// this test knows none
Words
GetOthers(const TypeId::AttributeInformation& attribute, const AttributeValue& value)
{
    const std::string type = attribute.checker->GetValueTypeName();
    const std::string what = attribute.checker->GetUnderlyingTypeInformation();
    const auto print = [](auto number) {
        std::ostringstream text;
        text << number;
        return text.str();
    };
    if (const auto* real = dynamic_cast<const DoubleValue*>(&value))
    {
        return {print(real->Get() / 2 + 0.25), print(real->Get() / 2), "0.125", "0.5"};
    }
    if (const auto* time = dynamic_cast<const TimeValue*>(&value))
    {
        return {print(time->Get().GetSeconds() / 2 + 0.25) + "s"};
    }
    if (const auto* whole = dynamic_cast<const UintegerValue*>(&value))
    {
        return {print(whole->Get() + 1)};
    }
    if (const auto* flag = dynamic_cast<const BooleanValue*>(&value))
    {
        return {flag->Get() ? "false" : "true"};
    }
    if (what.find('|') != std::string::npos)
    {
        const std::string first = what.substr(0, what.find('|'));
        return {first == value.SerializeToString(attribute.checker)
                    ? what.substr(what.rfind('|') + 1)
                    : first};
    }
    if (type == "ns3::VectorValue")
    {
        return {"1:2:3"};
    }
    if (what.find("RandomVariableStream") != std::string::npos)
    {
        return {"ns3::ConstantRandomVariable[Constant=0.125]"};
    }
    if (type == "ns3::PointerValue")
    {
        // Some type that may stand there.
        for (uint16_t i = 0; i < TypeId::GetRegisteredN(); ++i)
        {
            const TypeId tid = TypeId::GetRegistered(i);
            if (tid.HasConstructor() && tid.HasParent() &&
                what.find(" " + tid.GetParent().GetName() + " ") != std::string::npos)
            {
                return {tid.GetName()};
            }
        }
    }
    return {};
}

/// @param attribute one @param object that has it @return its value as text
std::string
Print(const TypeId::AttributeInformation& attribute, Ptr<Object> object)
{
    const Ptr<AttributeValue> value = attribute.checker->Create();
    object->GetAttribute(attribute.name, *value);
    if (const auto* pointer = dynamic_cast<const PointerValue*>(PeekPointer(value)))
    {
        DoubleValue constant(-1);
        const Ptr<Object> at = pointer->GetObject();
        return at && at->GetAttributeFailSafe("Constant", constant)
                   ? "constant " + std::to_string(constant.Get())
                   : "another object";
    }
    return value->SerializeToString(attribute.checker);
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief A value that is typed is used or refused, whichever door it comes through.
 */
class LlmMecTypedValueTestCase : public TestCase
{
  public:
    using Check = void (LlmMecTypedValueTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecTypedValueTestCase(const std::string& name, Check check)
        : TestCase("Typed values: " + name),
          m_check(check)
    {
    }

    /// Every attribute of every object of some cells.
    void CheckAllAttributes()
    {
        const std::string profile = WriteMeasuredProfile();
        const std::vector<std::pair<std::string, Words>> cells{
            {"random", {"--speedMps=1", "--batteryJ=9"}},
            {"fixed",
             {"--compute=profile", "--profile=" + profile, "--serverDiscipline=ProcessorSharing"}},
            {"optimal",
             {"--taskBits=ns3::UniformRandomVariable[Max=2e6]",
              "--serverDiscipline=FirstComeFirstServed"}}};
        int used = 0;
        int refused = 0;
        for (const auto& [policy, words] : cells)
        {
            CheckCell(
                [p = policy, w = words](const Words& typed) {
                    Words all = w;
                    all.insert(all.end(), typed.begin(), typed.end());
                    return GetObjects(Build(p, all).cell);
                },
                used,
                refused);
        }
        NS_TEST_EXPECT_MSG_GT(used, 60, "attributes that are used");
        NS_TEST_EXPECT_MSG_GT(refused, 20, "attributes that are refused");
    }

    /// Every attribute of every object of cells of phones.
    void CheckChatAttributes()
    {
        int used = 0;
        int refused = 0;
        for (const auto& [policy, discipline] :
             {std::pair{"faster", "ContinuousBatching"}, std::pair{"random", "ProcessorSharing"}})
        {
            CheckCell(
                [p = policy, d = discipline](const Words& typed) { return BuildChat(p, d, typed); },
                used,
                refused);
        }
        NS_TEST_EXPECT_MSG_GT(used, 50, "attributes that are used");
        NS_TEST_EXPECT_MSG_GT(refused, 15, "attributes that are refused");
        const std::string file =
            "--ns3::llmmec::CoefficientStepTimeModel::File=" + LlmMecDataFolder::GetPath() +
            "/serving/rtxpro6000-llama-3.1-8b.json";
        std::string error = "(no error)";
        try
        {
            BuildChat("server", "ContinuousBatching", {file});
        }
        catch (const std::invalid_argument& e)
        {
            error = e.what();
        }
        Config::Reset();
        NS_TEST_EXPECT_MSG_NE(error.find("gives it another value"), std::string::npos, error);
        Simulator::Destroy();
    }

    /// What was typed last counts, and what is in force is recorded.
    void CheckDoors()
    {
        const std::string typed = "--ns3::llmmec::MluApplication::MaxPowerDbm=7";
        ExpectPower("7", {typed});
        ExpectPower("5", {typed, "--maxPowerDbm=5"});
        ExpectPower("7", {"--maxPowerDbm=5", typed});
        ExpectPower("33", {typed, "--maxPowerDbm=33"});
        Config::SetDefault("ns3::llmmec::MluApplication::MaxPowerDbm", DoubleValue(3));
        ExpectPower("3", {}, false);
        Config::SetDefault("ns3::llmmec::MluApplication::MaxPowerDbm", DoubleValue(3));
        ExpectPower("5", {"--maxPowerDbm=5"}, false);
        setenv("NS_ATTRIBUTE_DEFAULT", "ns3::llmmec::MluApplication::MaxPowerDbm=4", 1);
        ExpectPower("4", {});
        ExpectPower("5", {"--maxPowerDbm=5"});
        setenv("NS_ATTRIBUTE_DEFAULT", "ns3::llmmec::MluApplication::MaxPowerDbm=4", 1);
        ExpectPower("7", {typed});
        unsetenv("NS_ATTRIBUTE_DEFAULT");

        // A slot is a block of the fading, unless somebody says otherwise.
        const std::string slot = "--ns3::llmmec::OffloadController::SlotDuration=0.25s";
        NS_TEST_EXPECT_MSG_EQ(GetCoherenceTimeS({slot}), 0.25, "of the slots");
        NS_TEST_EXPECT_MSG_EQ(GetCoherenceTimeS({"--slotS=0.5"}), 0.5, "of the slots");
        NS_TEST_EXPECT_MSG_EQ(
            GetCoherenceTimeS(
                {slot, "--ns3::llmmec::RicianPropagationLossModel::CoherenceTime=2s"}),
            2,
            "of its own");
        // ns-3's own default of an attribute that the helper gives another one.
        NS_TEST_EXPECT_MSG_EQ(GetExponent({}), 2, "free space");
        NS_TEST_EXPECT_MSG_EQ(GetExponent({"--ns3::LogDistancePropagationLossModel::Exponent=3"}),
                              3,
                              "as typed");
    }

    /// What would have no effect beside something else.
    void CheckContradictions()
    {
        const std::vector<Words> bad{
            {"--device=phone", "--maxPowerDbm=-30"},
            {"--device=phone", "--maxPowerDbm=33"},
            {"--device=phone", "--ns3::llmmec::MluApplication::MaxPowerDbm=33"},
            {"--device=phone", "--localHz=2e9"},
            {"--compute=profile", "--localHz=2e9"},
            {"--compute=profile", "--ns3::llmmec::CycleComputeModel::EnergyCoefficient=1e-28"},
            {"--ns3::RandomWalk2dMobilityModel::Mode=Time"},
            {"--ns3::UniformRandomVariable::Max=3"},
            {"--ns3::llmmec::FixedPolicy::PowerShare=0.5"}};
        for (const Words& words : bad)
        {
            std::string error = "(no error)";
            try
            {
                Build("optimal", words);
            }
            catch (const std::invalid_argument& e)
            {
                error = e.what();
            }
            Config::Reset();
            NS_TEST_EXPECT_MSG_NE(error.find("expected none"), std::string::npos, words.back());
        }
        Simulator::Destroy();
    }

    /// Defaults of the scenario are those of the TypeIds.
    void CheckDefaults()
    {
        const LlmMecScenario before;
        LlmMecScenario after;
        LlmMecSettings settings;
        after.AddTo(settings);
        NS_TEST_EXPECT_MSG_EQ(after.maxPowerDbm, before.maxPowerDbm, "maxPowerDbm");
        NS_TEST_EXPECT_MSG_EQ(after.noiseDbm, before.noiseDbm, "noiseDbm");
        NS_TEST_EXPECT_MSG_EQ(after.bandwidthHz, before.bandwidthHz, "bandwidthHz");
        NS_TEST_EXPECT_MSG_EQ(after.ricianK, before.ricianK, "ricianK");
        NS_TEST_EXPECT_MSG_EQ(after.fadingCorrelation, before.fadingCorrelation, "correlation");
        NS_TEST_EXPECT_MSG_EQ(after.interference, before.interference, "interference");
        NS_TEST_EXPECT_MSG_EQ(after.localHz, before.localHz, "localHz");
        NS_TEST_EXPECT_MSG_EQ(after.cyclesPerBit, before.cyclesPerBit, "cyclesPerBit");
        NS_TEST_EXPECT_MSG_EQ(after.energyCoefficient, before.energyCoefficient, "kappa_comp");
        NS_TEST_EXPECT_MSG_EQ(after.energyBudgetJ, before.energyBudgetJ, "energyBudgetJ");
        NS_TEST_EXPECT_MSG_EQ(after.minAccuracy, before.minAccuracy, "minAccuracy");
        NS_TEST_EXPECT_MSG_EQ(after.maxHallucination, before.maxHallucination, "hallucination");
        NS_TEST_EXPECT_MSG_EQ(after.penaltyWeight, before.penaltyWeight, "penaltyWeight");
        NS_TEST_EXPECT_MSG_EQ(after.slotBarrier, before.slotBarrier, "slotBarrier");
    }

    /// Values of ns-3's own that it would end the program at.
    void CheckWrongValues()
    {
        for (const std::string bad : {"--RngSeed=0",
                                      "--RngSeed=4294967290",
                                      "--RngSeed=x",
                                      "--RngRun=-1",
                                      "--SimulatorImplementationType=ns3::Node",
                                      "--SimulatorImplementationType=x",
                                      "--SchedulerType=ns3::Node",
                                      "--ns3::llmmec::OffloadController::SlotDuration=abc",
                                      "--ns3::llmmec::OffloadController::SlotDuration=1parsec",
                                      "--ns3::llmmec::OffloadController::SlotDuration=",
                                      "--ns3::llmmec::OffloadController::SlotBarrier=maybe",
                                      "--ns3::llmmec::OffloadController::Slots=1.5",
                                      "--ns3::llmmec::OffloadController::Slots=0",
                                      "--ns3::llmmec::OffloadController::Policy=ns3::NoSuch",
                                      "--ns3::llmmec::OffloadController::Policy=ns3::Node",
                                      "--ns3::llmmec::MecUplinkChannel::Interference=Both",
                                      "--ns3::llmmec::MecUplinkChannel::Interference=Slot|Active",
                                      "--ns3::llmmec::MluApplication::TaskBits=1e6",
                                      "--ns3::llmmec::MluApplication::StartTime=1s",
                                      "--ns3::llmmec::NoSuch::Value=1",
                                      "--NoSuch=1",
                                      "--PrintAttributes=OffloadController"})
        {
            std::string error = "(no error)";
            try
            {
                Build("fixed", {bad});
            }
            catch (const std::invalid_argument& e)
            {
                error = e.what();
            }
            Config::Reset();
            NS_TEST_EXPECT_MSG_NE(error, "(no error)", bad);
            NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line: " << error);
        }
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @return file of the paper's profile, with latencies beside
    std::string WriteMeasuredProfile()
    {
        std::ifstream file(LlmMecDataFolder::GetPath() + "/profiles/llama-3.1-8b-ecld.json");
        std::string text{std::istreambuf_iterator<char>(file), {}};
        text.insert(text.find('{') + 1,
                    "\"promptLatencyPerTokenS\": 0.001, \"generationLatencyPerTokenS\": 0.01,"
                    "\"promptEnergyPerTokenJ\": 0.001, \"generationEnergyPerTokenJ\": 0.01,");
        const std::string path = CreateTempDirFilename("measured.json");
        std::ofstream(path) << text;
        return path;
    }

    /// @param build makes the cell @param used counts attributes that are in force @param refused
    /// counts the others
    void CheckCell(const Builder& build, int& used, int& refused)
    {
        for (const auto& [type, object] : build({}))
        {
            const TypeId tid = TypeId::LookupByName(type);
            for (std::size_t i = 0; i < tid.GetAttributeN(); ++i)
            {
                CheckAttribute(build, object, type, tid.GetAttribute(i), used, refused);
            }
        }
        Simulator::Destroy();
    }

    /// @param build makes the cell @param object that has the attribute @param type of the
    /// attribute @param attribute what is typed beside
    /// @param used counts those that are in force @param refused counts the others
    void CheckAttribute(const Builder& build,
                        Ptr<Object> object,
                        const std::string& type,
                        const TypeId::AttributeInformation& attribute,
                        int& used,
                        int& refused)
    {
        const bool isSettable =
            attribute.accessor->HasSetter() &&
            (attribute.flags & (TypeId::ATTR_SET | TypeId::ATTR_CONSTRUCT)) != 0;
        if (!isSettable || !attribute.accessor->HasGetter())
        {
            return;
        }
        const Ptr<AttributeValue> now = attribute.checker->Create();
        object->GetAttribute(attribute.name, *now);
        const std::string name = type + "::" + attribute.name;
        for (const std::string& other : GetOthers(attribute, *now))
        {
            const Words typed{"--" + name + "=" + other};
            const Ptr<AttributeValue> valid =
                attribute.checker->CreateValidValue(StringValue(other));
            try
            {
                const Objects objects = build(typed);
                Config::Reset();
                const bool isPointer = other.compare(0, 5, "ns3::") == 0;
                const std::string expected =
                    isPointer ? "constant 0.125000" : valid->SerializeToString(attribute.checker);
                NS_TEST_EXPECT_MSG_EQ(Print(attribute, objects.at(type)),
                                      expected,
                                      name << "=" << other << " is neither used nor refused");
                ++used;
                return;
            }
            catch (const std::invalid_argument& e)
            {
                Config::Reset();
                const std::string error = e.what();
                NS_TEST_EXPECT_MSG_EQ(error.find("--"), 0, error);
                if (error.find("expected none") != std::string::npos)
                {
                    ++refused;
                    return;
                }
                // Out of its range, the next may be in it.
            }
        }
    }

    /// @param expected of an MLU, dBm @param words of the command line @param isReset before
    void ExpectPower(const std::string& expected, const Words& words, bool isReset = true)
    {
        if (isReset)
        {
            Config::Reset();
        }
        const Built built = Build("fixed", words);
        DoubleValue power;
        built.cell.mluApplications.front()->GetAttribute("MaxPowerDbm", power);
        NS_TEST_EXPECT_MSG_EQ(power.Get(), std::stod(expected), "in force");
        NS_TEST_EXPECT_MSG_EQ(built.values.at("maxPowerDbm"), expected, "recorded");
        NS_TEST_EXPECT_MSG_EQ(built.values.count("ns3::llmmec::MluApplication::MaxPowerDbm"),
                              0,
                              "recorded once");
        Config::Reset();
        Simulator::Destroy();
    }

    /// @param words of the command line @return coherence time of the fading, s
    static double GetCoherenceTimeS(const Words& words)
    {
        const Objects objects = GetObjects(Build("fixed", words).cell);
        TimeValue time;
        objects.at("ns3::llmmec::RicianPropagationLossModel")->GetAttribute("CoherenceTime", time);
        Config::Reset();
        Simulator::Destroy();
        return time.Get().GetSeconds();
    }

    /// @param words of the command line @return exponent of the path loss
    static double GetExponent(const Words& words)
    {
        const Objects objects = GetObjects(Build("fixed", words).cell);
        DoubleValue exponent;
        objects.at("ns3::LogDistancePropagationLossModel")->GetAttribute("Exponent", exponent);
        Config::Reset();
        Simulator::Destroy();
        return exponent.Get();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecTypedValueTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecTypedValueTestCase::Check check) {
        suite.Add(new LlmMecTypedValueTestCase(name, check));
    };
    add("every attribute of a cell", &LlmMecTypedValueTestCase::CheckAllAttributes);
    add("all attributes of cells of phones", &LlmMecTypedValueTestCase::CheckChatAttributes);
    add("the last one counts", &LlmMecTypedValueTestCase::CheckDoors);
    add("contradictions", &LlmMecTypedValueTestCase::CheckContradictions);
    add("defaults", &LlmMecTypedValueTestCase::CheckDefaults);
    add("what ns-3 cannot read", &LlmMecTypedValueTestCase::CheckWrongValues);
}

static const LlmMecTests g_llmMecTypedValueTests(
    &AddLlmMecTypedValueTests); //!< registers the cases of this file
