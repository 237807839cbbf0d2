/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "learning-offload-policy.h"

#include "agents/agent.h"
#include "agents/algorithm-registry.h"
#include "agents/archive.h"
#include "offload-agent.h"
#include "offload-entities.h"
#include "trained-offload-policy.h"

#include "ns3/double.h"
#include "ns3/enum.h"
#include "ns3/log.h"
#include "ns3/offload-ns3-compat.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <limits>
#include <stdexcept>
#include <tuple>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LearningOffloadPolicy");

NS_OBJECT_ENSURE_REGISTERED(LearningOffloadPolicy);
NS_OBJECT_ENSURE_REGISTERED(PpoPolicy);
NS_OBJECT_ENSURE_REGISTERED(WorldModelPpoPolicy);
NS_OBJECT_ENSURE_REGISTERED(Td3Policy);
NS_OBJECT_ENSURE_REGISTERED(DdpgPolicy);
NS_OBJECT_ENSURE_REGISTERED(SacPolicy);

namespace
{

constexpr const char* DEFAULT_ALGORITHM = "world-model-ppo"; //!< of the class itself

/// @return names and descriptions of the algorithms
std::string
DescribeAlgorithms()
{
    std::string all;
    for (const std::string& name : agents::AlgorithmRegistry::GetNames())
    {
        all += (all.empty() ? "" : ", ") + name + " (" +
               agents::AlgorithmRegistry::Find(name)->description + ")";
    }
    return all;
}

} // namespace

TypeId
LearningOffloadPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::LearningOffloadPolicy")
            .SetParent<OffloadPolicy>()
            .SetGroupName("LlmMec")
            .AddConstructor<LearningOffloadPolicy>()
            .AddAttribute("Algorithm",
                          "Who learns: " + DescribeAlgorithms() +
                              ". When empty: what the policy is named after, else " +
                              DEFAULT_ALGORITHM + ".",
                          StringValue(""),
                          MakeStringAccessor(&LearningOffloadPolicy::m_algorithm),
                          MakeStringChecker())
            .AddAttribute("Preset",
                          "Settings of an agent of its own: best, lookahead or paper.",
                          StringValue("best"),
                          MakeStringAccessor(&LearningOffloadPolicy::m_preset),
                          MakeStringChecker())
            .AddAttribute("Config",
                          "JSON file of settings that replace the preset's; none when empty.",
                          StringValue(""),
                          MakeStringAccessor(&LearningOffloadPolicy::m_config),
                          MakeStringChecker())
            .AddAttribute("Seed",
                          "Seed of an agent of its own; 0 takes it from the seed and run of ns-3.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&LearningOffloadPolicy::m_seed),
                          MakeUintegerChecker<uint64_t>())
            .AddAttribute("EpisodeSlots",
                          "Slots of an episode of an agent of its own.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&LearningOffloadPolicy::m_episodeSlots),
                          MakeUintegerChecker<uint64_t>(1))
            .AddAttribute("State",
                          "What the agent sees of a slot: see OffloadStateLayout.",
                          EnumValue(OffloadStateLayout::CURRENT),
                          MakeEnumAttributeAccessor<OffloadStateLayout::State>(
                              &LearningOffloadPolicy::m_state),
                          MakeEnumChecker(OffloadStateLayout::PAPER,
                                          "paper",
                                          OffloadStateLayout::CURRENT,
                                          "current",
                                          OffloadStateLayout::EXTENDED,
                                          "extended",
                                          OffloadStateLayout::ENTITIES,
                                          "entities",
                                          OffloadStateLayout::CARRIED,
                                          "carried"))
            .AddAttribute(
                "PowerScale",
                "How the agent chooses powers: evenly in dB or in W.",
                EnumValue(OffloadStateLayout::DB),
                MakeEnumAttributeAccessor<OffloadStateLayout::PowerScale>(
                    &LearningOffloadPolicy::m_powerScale),
                MakeEnumChecker(OffloadStateLayout::DB, "db", OffloadStateLayout::LINEAR, "linear"))
            .AddAttribute("PowerRangeDb",
                          "Powers in dB are chosen from the maximum down to this far below, dB.",
                          DoubleValue(OffloadStateLayout().powerRangeDb),
                          MakeDoubleAccessor(&LearningOffloadPolicy::m_powerRangeDb),
                          MakeDoubleChecker<double>(1, 200))
            .AddAttribute("Reference",
                          "With states of sets, what a network's outputs are relative to: see "
                          "OffloadEntities.",
                          EnumValue(OffloadReference::RATIO),
                          MakeEnumAttributeAccessor<OffloadReference::Kind>(
                              &LearningOffloadPolicy::m_reference),
                          MakeEnumChecker(OffloadReference::NONE,
                                          "none",
                                          OffloadReference::RATIO,
                                          "ratio",
                                          OffloadReference::RATIO_POWER,
                                          "ratio-power"));
    return tid;
}

LearningOffloadPolicy::LearningOffloadPolicy()
    : LearningOffloadPolicy("")
{
}

LearningOffloadPolicy::LearningOffloadPolicy(const std::string& algorithm)
    : m_ownAlgorithm(algorithm),
      m_seedDraws(CreateObject<UniformRandomVariable>())
{
}

LearningOffloadPolicy::~LearningOffloadPolicy() = default;

void
LearningOffloadPolicy::SetAgent(std::shared_ptr<agents::Agent> agent, uint32_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_agent = agent;
    m_stream = stream;
    m_isShared = true;
}

std::shared_ptr<agents::Agent>
LearningOffloadPolicy::GetAgent() const
{
    return m_agent;
}

std::string
LearningOffloadPolicy::GetAlgorithm() const
{
    if (m_algorithm.empty())
    {
        return m_ownAlgorithm.empty() ? DEFAULT_ALGORITHM : m_ownAlgorithm;
    }
    if (!m_ownAlgorithm.empty() && m_algorithm != m_ownAlgorithm)
    {
        throw std::runtime_error("policy " + GetShortName(GetInstanceTypeId()) +
                                 ": attribute Algorithm is \"" + m_algorithm + "\", expected \"" +
                                 m_ownAlgorithm +
                                 "\", or policy learning-offload, which takes any");
    }
    return m_algorithm;
}

OffloadStateLayout
LearningOffloadPolicy::GetLayout(const OffloadProblem& problem) const
{
    OffloadStateLayout layout;
    layout.state = m_state;
    layout.powerScale = m_powerScale;
    layout.powerRangeDb = m_powerRangeDb;
    layout.reference = m_reference;
    layout.Describe(problem);
    return layout;
}

void
LearningOffloadPolicy::Save(const std::string& path) const
{
    NS_LOG_FUNCTION(this << path);
    if (!m_agent)
    {
        throw std::runtime_error(path + ": nothing to write, there is no agent before slot 0");
    }
    agents::Archive archive;
    m_agent->Save(archive);
    archive.Put(TrainedOffloadPolicy::LAYOUT_SECTION, m_layout.ToJson());
    archive.Write(path);
}

void
LearningOffloadPolicy::Begin(const OffloadProblem& problem)
{
    NS_LOG_FUNCTION(this << problem.GetN());
    OffloadPolicy::Begin(problem);
    m_layout = GetLayout(problem);
    std::tie(m_features, m_action) = m_layout.MakeVectors(problem);
    if (!m_isShared)
    {
        const uint64_t largest = std::numeric_limits<uint32_t>::max();
        const uint64_t high = m_seedDraws->GetInteger(0, largest);
        const uint64_t low = m_seedDraws->GetInteger(0, largest);
        m_agent = MakeOffloadAgent(GetAlgorithm(),
                                   m_preset,
                                   m_config,
                                   m_layout,
                                   m_seed > 0 ? m_seed : high << 32 | low);
    }
    const agents::Policy& now = m_agent->GetPolicy();
    if (now.TakesSets() != m_layout.TakesSets() ||
        now.GetObservations() != m_layout.GetObservations() ||
        now.GetActions() != m_layout.GetActions())
    {
        throw std::runtime_error("the agent has " + std::to_string(now.GetObservations()) +
                                 " features and " + std::to_string(now.GetActions()) +
                                 " actions, expected " +
                                 std::to_string(m_layout.GetObservations()) + " and " +
                                 std::to_string(m_layout.GetActions()) + " for this cell");
    }
}

SlotDecision
LearningOffloadPolicy::Decide(const SlotObservation& observation)
{
    NS_LOG_FUNCTION(this << observation.slot);
    if (!m_isShared && observation.slot > 0 && observation.slot % m_episodeSlots == 0)
    {
        m_agent->EndEpisode();
        m_steps.clear();
    }
    m_layout.Observe(GetProblem(), observation, m_features);
    m_steps[observation.slot] = m_agent->Explore(m_stream, m_features, m_action);
    return m_layout.Decide(GetProblem(), m_action);
}

void
LearningOffloadPolicy::Learn(const SlotObservation& observation,
                             const SlotDecision&,
                             const SlotOutcome& outcome)
{
    NS_LOG_FUNCTION(this << observation.slot << outcome.reward);
    const auto step = m_steps.find(observation.slot);
    if (step != m_steps.end())
    {
        if (m_layout.TakesSets())
        {
            const agents::Rows outcomes = OffloadEntities::GetSlotOutcomes(outcome);
            m_agent->Reward(step->second,
                            outcome.reward,
                            Eigen::Map<const Eigen::VectorXf>(outcomes.data(), outcomes.size()));
        }
        else
        {
            m_agent->Reward(step->second, outcome.reward);
        }
        m_steps.erase(step);
    }
}

int64_t
LearningOffloadPolicy::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_seedDraws->SetStream(stream);
    return 1;
}

PpoPolicy::PpoPolicy()
    : LearningOffloadPolicy("ppo")
{
}

TypeId
PpoPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::PpoPolicy")
                            .SetParent<LearningOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<PpoPolicy>();
    return tid;
}

WorldModelPpoPolicy::WorldModelPpoPolicy()
    : LearningOffloadPolicy("world-model-ppo")
{
}

TypeId
WorldModelPpoPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::WorldModelPpoPolicy")
                            .SetParent<LearningOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<WorldModelPpoPolicy>();
    return tid;
}

Td3Policy::Td3Policy()
    : LearningOffloadPolicy("td3")
{
}

TypeId
Td3Policy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::Td3Policy")
                            .SetParent<LearningOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<Td3Policy>();
    return tid;
}

DdpgPolicy::DdpgPolicy()
    : LearningOffloadPolicy("ddpg")
{
}

TypeId
DdpgPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::DdpgPolicy")
                            .SetParent<LearningOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<DdpgPolicy>();
    return tid;
}

SacPolicy::SacPolicy()
    : LearningOffloadPolicy("sac")
{
}

TypeId
SacPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::SacPolicy")
                            .SetParent<LearningOffloadPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<SacPolicy>();
    return tid;
}

} // namespace llmmec
} // namespace ns3
