/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-helper.h"

#include "llm-mec-attribute-default.h"

#include "ns3/basic-energy-source-helper.h"
#include "ns3/boolean.h"
#include "ns3/constant-position-mobility-model.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/mobility-model.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/pointer.h"
#include "ns3/position-allocator.h"
#include "ns3/random-walk-2d-mobility-model.h"
#include "ns3/rectangle.h"
#include "ns3/rician-propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecHelper");

namespace
{

/// Streams of one cell: room for every MLU's own.
constexpr int64_t STREAMS_A_CELL = 1000000;
/// The policy's streams lie at the end of its cell's, since policies use different numbers of them.
constexpr int64_t POLICY_STREAM = 900000;

/// Exponent of the path loss (17).
constexpr double FREE_SPACE_EXPONENT = 2;
/// Gain g_0 at 1 m, dB.
constexpr double REFERENCE_GAIN_DB = -30;

/// Attributes whose default has no effect, since the helper sets them in each cell, and what is to
/// be set instead.
const std::map<std::string, std::string> SET_HERE{
    {"ns3::llmmec::MluApplication::ComputeModel", "--compute"},
    {"ns3::llmmec::MluApplication::QualityModel", "--quality"},
    {"ns3::llmmec::MecServerApplication::ComputeModel", "--serverHz"},
    {"ns3::llmmec::MecServerApplication::Discipline", "--serverDiscipline"},
    {"ns3::llmmec::OffloadController::Policy", "--policy"},
    {"ns3::llmmec::MecUplinkChannel::PropagationLossModel", "--referenceGainDb"},
    {"ns3::llmmec::ConstantQualityModel::LocalAccuracy", "--profile"},
    {"ns3::llmmec::ConstantQualityModel::LocalHallucination", "--profile"},
    {"ns3::llmmec::ConstantQualityModel::MecAccuracy", "--serverProfile"},
    {"ns3::llmmec::ConstantQualityModel::MecHallucination", "--serverProfile"},
    {"ns3::RandomWalk2dMobilityModel::Bounds", "--radiusM"},
    {"ns3::RandomWalk2dMobilityModel::Speed", "--speedMps"},
    // ns-3 moved it into a namespace of its own.
    {"ns3::BasicEnergySource::BasicEnergySourceInitialEnergyJ", "--batteryJ"},
    {"ns3::energy::BasicEnergySource::BasicEnergySourceInitialEnergyJ", "--batteryJ"},
};

/// @param kind profiles or devices @param name name or path @return path of the file
/// @throw std::runtime_error naming what is known
std::string
FindDataFile(const std::string& kind, const std::string& name)
{
    const bool isPath =
        name.find('/') != std::string::npos || std::filesystem::path(name).extension() == ".json";
    if (isPath)
    {
        return name;
    }
    const std::string folder = LlmMecHelper::GetDataFolder() + "/" + kind;
    const std::string path = folder + "/" + name + ".json";
    if (!std::filesystem::exists(path))
    {
        std::string known;
        for (const std::string& other : ListLlmFiles(folder))
        {
            known += (known.empty() ? "" : ", ") + other;
        }
        throw std::runtime_error("no file " + path +
                                 ", expected the path of a file or one of: " + known);
    }
    return path;
}

/// @param local profile of a compact model @return profile of the original of its base model
/// @throw std::runtime_error when none comes with the module
LlmProfile
FindOriginal(const LlmProfile& local)
{
    const std::string folder = LlmMecHelper::GetDataFolder() + "/profiles";
    for (const std::string& name : ListLlmFiles(folder))
    {
        LlmProfile profile = ReadLlmProfile(folder + "/" + name + ".json");
        if (profile.baseModel == local.baseModel && profile.method == "original")
        {
            return profile;
        }
    }
    throw std::runtime_error("profile " + local.name + ": no profile in " + folder +
                             " has baseModel " + local.baseModel +
                             " and method original, expected the server's profile to be named");
}

/// Refuse a walk that ns-3's RandomWalk2dMobilityModel takes too many events for: it has
/// an event whenever it meets a side of the square, and every metre. In a corner it has events at
/// one instant without end, and on a fast walk one nanosecond can be as near as that.
/// @param square where it leads @param radiusM half a side, m @param speedMps speed, m/s
/// @throw std::invalid_argument in one line
void
CheckWalk(const Rectangle& square, double radiusM, double speedMps)
{
    constexpr double slowestMps = 1e-9; // a metre must take less than the simulator's clock lasts
    constexpr double shortestS = 0.1;   // from side to side
    std::ostringstream message;
    if (!(speedMps >= slowestMps))
    {
        message << "speed " << speedMps << " m/s of MLUs: expected 0, or at least " << slowestMps
                << " m/s";
    }
    else if (!(2 * radiusM >= speedMps * shortestS))
    {
        message << "speed " << speedMps << " m/s of MLUs on a disc of radius " << radiusM
                << " m: expected at least " << shortestS << " s from side to side";
    }
    else if (!(std::min(square.xMax - square.xMin, square.yMax - square.yMin) > radiusM))
    {
        message << "disc of radius " << radiusM << " m about (" << (square.xMin + square.xMax) / 2
                << ", " << (square.yMin + square.yMax) / 2
                << "): expected a radius that is no rounding error there";
    }
    if (!message.str().empty())
    {
        throw std::invalid_argument(message.str());
    }
}

} // namespace

LlmMecHelper::LlmMecHelper()
{
    m_mlu.SetTypeId("ns3::llmmec::MluApplication");
    m_mluCompute.SetTypeId("ns3::llmmec::CycleComputeModel");
    m_quality.SetTypeId("ns3::llmmec::ConstantQualityModel");
    m_serverCompute.SetTypeId("ns3::llmmec::CycleComputeModel");
    m_serverCompute.Set("FrequencyHz", DoubleValue(10e9));
    m_serverDiscipline.SetTypeId("ns3::llmmec::DedicatedServerDiscipline");
    m_controller.SetTypeId("ns3::llmmec::OffloadController");
    m_policy.SetTypeId("ns3::llmmec::AlwaysLocalPolicy");
    m_uplink.SetTypeId("ns3::llmmec::MecUplinkChannel");
    m_pathLoss.SetTypeId("ns3::LogDistancePropagationLossModel");
    m_fading.SetTypeId("ns3::llmmec::RicianPropagationLossModel");
    SetProfile("llama-3.1-8b-ecld");
}

void
LlmMecHelper::SetPolicy(const std::string& name)
{
    NS_LOG_FUNCTION(this << name);
    m_policy = ObjectFactory();
    m_policy.SetTypeId(OffloadPolicy::Find(name));
}

void
LlmMecHelper::SetPolicyAttribute(const std::string& name, const AttributeValue& value)
{
    m_policy.Set(name, value);
}

void
LlmMecHelper::SetProfile(const std::string& profile, const std::string& serverProfile)
{
    NS_LOG_FUNCTION(this << profile << serverProfile);
    m_localProfile = ReadLlmProfile(FindDataFile("profiles", profile));
    m_serverProfile = serverProfile.empty()
                          ? FindOriginal(m_localProfile)
                          : ReadLlmProfile(FindDataFile("profiles", serverProfile));
}

void
LlmMecHelper::SetDevice(const std::string& device)
{
    NS_LOG_FUNCTION(this << device);
    const std::string path = FindDataFile("devices", device);
    const LlmDevice found = ReadLlmDevice(path);
    if (!found.maxPowerDbm)
    {
        throw std::runtime_error(path + ": no maxPowerDbm, expected a device that can transmit");
    }
    // Another model of computing, such as a profile's, has no clock to set.
    if (m_mluCompute.GetTypeId() == CycleComputeModel::GetTypeId())
    {
        m_mluCompute.Set("FrequencyHz", DoubleValue(found.frequencyHz));
        m_mluCompute.Set("EnergyCoefficient", DoubleValue(found.energyCoefficient));
    }
    m_mlu.Set("MaxPowerDbm", DoubleValue(*found.maxPowerDbm));
}

void
LlmMecHelper::SetMluCompute(const ObjectFactory& factory)
{
    m_mluCompute = factory;
}

void
LlmMecHelper::SetServerCompute(const ObjectFactory& factory)
{
    m_serverCompute = factory;
}

void
LlmMecHelper::SetServerDiscipline(const ObjectFactory& factory)
{
    m_serverDiscipline = factory;
}

void
LlmMecHelper::SetQuality(const ObjectFactory& factory)
{
    m_quality = factory;
}

void
LlmMecHelper::SetMluAttribute(const std::string& name, const AttributeValue& value)
{
    m_mlu.Set(name, value);
}

void
LlmMecHelper::SetControllerAttribute(const std::string& name, const AttributeValue& value)
{
    m_controller.Set(name, value);
    m_saysWhetherToStop = m_saysWhetherToStop || name == "StopSimulation";
}

void
LlmMecHelper::SetUplinkAttribute(const std::string& name, const AttributeValue& value)
{
    m_uplink.Set(name, value);
}

void
LlmMecHelper::SetFadingAttribute(const std::string& name, const AttributeValue& value)
{
    m_fading.Set(name, value);
    m_hasCoherenceTime = m_hasCoherenceTime || name == "CoherenceTime";
}

void
LlmMecHelper::SetReferenceGainDb(double gainDb)
{
    m_referenceGainDb = gainDb;
}

void
LlmMecHelper::SetRadiusM(double radiusM)
{
    m_radiusM = radiusM;
}

void
LlmMecHelper::SetServerHeightM(double heightM)
{
    m_serverHeightM = heightM;
}

void
LlmMecHelper::SetSpeedMps(double speedMps)
{
    m_speedMps = speedMps;
}

void
LlmMecHelper::SetBatteryJ(double batteryJ)
{
    m_batteryJ = batteryJ;
}

void
LlmMecHelper::SetStream(int64_t stream)
{
    m_nextStream = stream;
}

LlmMecCell
LlmMecHelper::InstallCell(uint32_t mlus)
{
    NS_LOG_FUNCTION(this << mlus);
    LlmMecCell cell = CreateCell();
    NodeContainer nodes;
    nodes.Create(mlus);
    AddMlus(cell, nodes);
    return cell;
}

LlmMecCell
LlmMecHelper::InstallCell(const NodeContainer& mlus, Ptr<Node> server)
{
    LlmMecCell cell = CreateCell(server);
    AddMlus(cell, mlus);
    return cell;
}

LlmMecCell
LlmMecHelper::CreateCell(Ptr<Node> server)
{
    NS_LOG_FUNCTION(this << server);
    LlmMecCell cell;
    cell.server = server ? server : CreateObject<Node>();
    if (!cell.server->GetObject<MobilityModel>())
    {
        // Cells do not hear each other; apart, they are easier to tell from each other in traces.
        constexpr double radiiApart = 4;
        auto mobility = CreateObject<ConstantPositionMobilityModel>();
        mobility->SetPosition(Vector(radiiApart * m_radiusM * m_cells, 0, m_serverHeightM));
        cell.server->AggregateObject(mobility);
    }
    ++m_cells;

    cell.serverApplication = CreateObject<MecServerApplication>();
    auto compute = m_serverCompute.Create<ComputeModel>();
    compute->SetProfile(m_serverProfile);
    cell.serverApplication->SetAttribute("ComputeModel", PointerValue(compute));
    auto discipline = m_serverDiscipline.Create<MecServerDiscipline>();
    cell.serverApplication->SetAttribute("Discipline", PointerValue(discipline));
    cell.server->AddApplication(cell.serverApplication);

    cell.controller = m_controller.Create<OffloadController>();
    auto policy = m_policy.Create<OffloadPolicy>();
    cell.controller->SetAttribute("Policy", PointerValue(policy));

    ObjectFactory pathLoss = m_pathLoss;
    LlmMecAttributeDefault::SetUnlessSet(pathLoss, "Exponent", DoubleValue(FREE_SPACE_EXPONENT));
    LlmMecAttributeDefault::SetUnlessSet(pathLoss, "ReferenceDistance", DoubleValue(1));
    if (m_referenceGainDb)
    {
        pathLoss.Set("ReferenceLoss", DoubleValue(-*m_referenceGainDb));
    }
    else
    {
        LlmMecAttributeDefault::SetUnlessSet(pathLoss,
                                             "ReferenceLoss",
                                             DoubleValue(-REFERENCE_GAIN_DB));
    }
    ObjectFactory fading = m_fading;
    if (!m_hasCoherenceTime)
    {
        // A slot is a block of the fading.
        TimeValue slot;
        cell.controller->GetAttribute("SlotDuration", slot);
        LlmMecAttributeDefault::SetUnlessSet(fading, "CoherenceTime", slot);
    }
    auto loss = pathLoss.Create<PropagationLossModel>();
    loss->SetNext(fading.Create<PropagationLossModel>());
    auto uplink = m_uplink.Create<MecUplink>();
    uplink->SetAttribute("PropagationLossModel", PointerValue(loss));
    cell.uplink = uplink;

    cell.server->AddApplication(cell.controller);
    cell.controller->SetCell(cell.uplink, cell.serverApplication);
    for (const Ptr<Object>& object : std::initializer_list<Ptr<Object>>{cell.server,
                                                                        cell.serverApplication,
                                                                        compute,
                                                                        discipline,
                                                                        cell.controller,
                                                                        policy,
                                                                        uplink,
                                                                        loss,
                                                                        loss->GetNext()})
    {
        Note(object);
    }

    if (m_nextStream >= 0)
    {
        m_cellStream = m_nextStream;
        cell.controller->AssignStreams(m_nextStream + POLICY_STREAM);
        m_cellStream += cell.uplink->AssignStreams(m_cellStream);
        m_nextStream += STREAMS_A_CELL;
    }
    return cell;
}

void
LlmMecHelper::AddMlus(LlmMecCell& cell, const NodeContainer& mlus)
{
    NS_LOG_FUNCTION(this << mlus.GetN());
    for (auto node = mlus.Begin(); node != mlus.End(); ++node)
    {
        if (!(*node)->GetObject<MobilityModel>())
        {
            Drop(*node, cell);
        }
        auto quality = m_quality.Create<QualityModel>();
        quality->SetProfiles(m_localProfile, m_serverProfile);
        auto mlu = m_mlu.Create<MluApplication>();
        auto compute = m_mluCompute.Create<ComputeModel>();
        compute->SetProfile(m_localProfile);
        mlu->SetAttribute("ComputeModel", PointerValue(compute));
        mlu->SetAttribute("QualityModel", PointerValue(quality));
        (*node)->AddApplication(mlu);
        if (m_batteryJ)
        {
            InstallBattery(*node, mlu);
            // A battery has events without end.
            StopAfter(cell);
        }
        if (m_cellStream >= 0)
        {
            m_cellStream += mlu->AssignStreams(m_cellStream);
        }
        PointerValue bits;
        mlu->GetAttribute("TaskBits", bits);
        for (const Ptr<Object>& object :
             std::initializer_list<Ptr<Object>>{*node, mlu, compute, quality, bits.GetObject()})
        {
            Note(object);
        }
        cell.controller->AddMlu(mlu);
        cell.mlus.Add(*node);
        cell.mluApplications.push_back(mlu);
    }
}

void
LlmMecHelper::Drop(Ptr<Node> node, const LlmMecCell& cell)
{
    NS_LOG_FUNCTION(this << node->GetId());
    const Vector centre = cell.server->GetObject<MobilityModel>()->GetPosition();
    auto disc = CreateObject<UniformDiscPositionAllocator>();
    disc->SetX(centre.x);
    disc->SetY(centre.y);
    disc->SetRho(m_radiusM);
    Ptr<MobilityModel> mobility;
    if (m_speedMps != 0)
    {
        mobility = CreateObject<RandomWalk2dMobilityModel>();
        const Rectangle square(centre.x - m_radiusM,
                               centre.x + m_radiusM,
                               centre.y - m_radiusM,
                               centre.y + m_radiusM);
        CheckWalk(square, m_radiusM, m_speedMps);
        auto speed = CreateObject<ConstantRandomVariable>();
        speed->SetAttribute("Constant", DoubleValue(m_speedMps));
        mobility->SetAttribute("Bounds", RectangleValue(square));
        mobility->SetAttribute("Speed", PointerValue(speed));
        // A walk has events without end.
        StopAfter(cell);
    }
    else
    {
        mobility = CreateObject<ConstantPositionMobilityModel>();
    }
    if (m_cellStream >= 0)
    {
        m_cellStream += disc->AssignStreams(m_cellStream);
        m_cellStream += mobility->AssignStreams(m_cellStream);
    }
    mobility->SetPosition(disc->GetNext());
    node->AggregateObject(mobility);
    Note(mobility);
}

void
LlmMecHelper::InstallBattery(Ptr<Node> node, Ptr<MluApplication> mlu)
{
    NS_LOG_FUNCTION(this << node->GetId());
    BasicEnergySourceHelper battery;
    battery.Set("BasicEnergySourceInitialEnergyJ", DoubleValue(*m_batteryJ));
    // The battery may be used to its last joule; the model finds that instant by itself, so the
    // source need not look every second.
    battery.Set("BasicEnergyLowBatteryThreshold", DoubleValue(0));
    battery.Set("BasicEnergyHighBatteryThreshold", DoubleValue(1));
    battery.Set("PeriodicEnergyUpdateInterval", TimeValue(Hours(1)));
    Ptr<EnergySource> source = battery.Install(node).Get(0);
    auto model = CreateObject<MluEnergyModel>();
    model->SetEnergySource(source);
    source->AppendDeviceEnergyModel(model);
    mlu->SetEnergyModel(model);
    Note(source);
    Note(model);
}

void
LlmMecHelper::StopAfter(const LlmMecCell& cell) const
{
    if (!m_saysWhetherToStop &&
        !LlmMecAttributeDefault::GetSet("ns3::llmmec::OffloadController::StopSimulation"))
    {
        cell.controller->SetAttribute("StopSimulation", BooleanValue(true));
    }
}

void
LlmMecHelper::Note(Ptr<const Object> object)
{
    for (TypeId tid = object->GetInstanceTypeId(); m_types.insert(tid).second && tid.HasParent();)
    {
        for (std::size_t i = 0; i < tid.GetAttributeN(); ++i)
        {
            const TypeId::AttributeInformation attribute = tid.GetAttribute(i);
            const std::string name = tid.GetName() + "::" + attribute.name;
            const auto set = LlmMecAttributeDefault::GetSet(name);
            const bool isPointer = attribute.checker->GetValueTypeName() == "ns3::PointerValue";
            if (!set || isPointer || !attribute.accessor->HasGetter())
            {
                continue;
            }
            const Ptr<AttributeValue> value = attribute.checker->Create();
            object->GetAttribute(attribute.name, *value);
            if (value->SerializeToString(attribute.checker) !=
                set->SerializeToString(attribute.checker))
            {
                m_replaced.insert(name);
            }
        }
        tid = tid.GetParent();
    }
}

void
LlmMecHelper::RefuseUnused(const std::set<std::string>& names) const
{
    for (const std::string& typed : names)
    {
        const auto refuse = [&](const std::string& why) {
            throw std::invalid_argument("--" + typed + ": expected none, " + why);
        };
        const auto attribute = LlmMecAttributeDefault::Find(typed);
        if (!attribute)
        {
            continue;
        }
        // A type may have older names.
        const TypeId tid = TypeId::LookupByName(typed.substr(0, typed.rfind("::")));
        const std::string name = tid.GetName() + "::" + attribute->name;
        const auto own = SET_HERE.find(name);
        if (own != SET_HERE.end())
        {
            refuse("use " + own->second + " instead");
        }
        if (m_replaced.count(name) > 0)
        {
            refuse("since the cell gives it another value");
        }
        if (m_types.count(tid) == 0)
        {
            refuse("since no object of these cells has it");
        }
    }
}

void
LlmMecHelper::StopWhenAllEnded(const std::vector<LlmMecCell>& cells)
{
    NS_LOG_FUNCTION(cells.size());
    auto running = std::make_shared<std::size_t>(cells.size());
    for (const LlmMecCell& cell : cells)
    {
        cell.controller->TraceConnectWithoutContext("AllEnded", Callback<void>([running]() {
                                                        if (--*running == 0)
                                                        {
                                                            Simulator::Stop();
                                                        }
                                                    }));
    }
}

std::string
LlmMecHelper::GetDataFolder()
{
    const char* folder = std::getenv("LLM_MEC_DATA");
    return folder ? folder : LLM_MEC_DATA_DIR;
}

std::pair<std::string, std::string>
LlmMecHelper::GetVersions()
{
    return {LLM_MEC_VERSION, LLM_MEC_NS3_VERSION};
}

} // namespace llmmec
} // namespace ns3
