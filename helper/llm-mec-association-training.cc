/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-association-training.h"

#include "agents/agent.h"

#include "ns3/association-share-policy.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/object-factory.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/trained-association.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecAssociationTraining");

namespace
{

constexpr double LEAST_SAVING_S = 1e-9; //!< of a device, so that its logarithm is finite
constexpr int64_t SCENARIO_STREAM = 1;  //!< as in mec-associate, whose policies draw from stream 0

/// Association and shares of policies that do not learn
const std::map<std::string, std::pair<std::string, std::string>> POLICIES{
    {"random", {"random", "uniform"}},
    {"max-sinr", {"max-sinr", "uniform"}},
    {"max-compute", {"max-compute", "uniform"}},
    {"greedy", {"greedy", "uniform"}},
    {"tma", {"tma", "optimal"}},
    {"optimal", {"move-swap", "optimal"}}};

/// @param find of policies @param name of one @param objective it gets where it has the attribute
/// @return the policy
template <typename Policy>
Ptr<Policy>
MakePolicy(TypeId (*find)(const std::string&),
           const std::string& name,
           const std::string& objective)
{
    ObjectFactory factory;
    factory.SetTypeId(find(name));
    Ptr<Policy> policy = factory.Create<Policy>();
    policy->SetAttributeFailSafe("Objective", StringValue(objective));
    return policy;
}

} // namespace

const std::vector<std::string>&
LlmMecAssociationTrainingSettings::GetRewardNames()
{
    static const std::vector<std::string> names{"ratio", "marginal"};
    return names;
}

LlmMecAssociationTraining::LlmMecAssociationTraining(
    const LlmMecAssociationTrainingSettings& settings)
    : m_settings(settings),
      m_watch([]() {})
{
}

const std::vector<std::string>&
LlmMecAssociationTraining::GetReferences()
{
    static const std::vector<std::string> names{"random",
                                                "max-sinr",
                                                "max-compute",
                                                "greedy",
                                                "tma"};
    return names;
}

void
LlmMecAssociationTraining::SetWatch(std::function<void()> watch)
{
    m_watch = watch;
}

std::pair<std::string, std::string>
LlmMecAssociationTraining::GetLayoutSection() const
{
    return {AssociationAgentLayout::SECTION, m_settings.layout.ToJson()};
}

LlmMecLearningMeasures
LlmMecAssociationTraining::GetMeasures() const
{
    return {{{"latencyS", "LatencyS"},
             {"objective", "Objective"},
             {"tokenLatencyS", "TokenLatencyS"},
             {"uploadS", "UploadS"},
             {"bandShare", "BandShare"}},
            "objective",
            true};
}

double
LlmMecAssociationTraining::GetObjective(const AssociationOutcome& outcome) const
{
    return m_settings.layout.objective == PAPER_OBJECTIVE ? outcome.paper : outcome.speculative;
}

LlmMecLearningTask::Means
LlmMecAssociationTraining::Run(uint64_t run,
                               uint64_t devices,
                               uint64_t slots,
                               const Decide& decide) const
{
    NS_LOG_FUNCTION(this << run << devices << slots);
    RngSeedManager::SetRun(run);
    auto scenario = CreateObject<LlmMecAssociationScenario>();
    scenario->SetAttribute("BitsPerDraft", DoubleValue(m_settings.bitsPerDraft));
    if (devices > 0)
    {
        scenario->SetAttribute("Devices", UintegerValue(devices));
    }
    scenario->AssignStreams(SCENARIO_STREAM);
    const LlmMecLearningMeasures measures = GetMeasures();
    std::vector<std::vector<double>> series(measures.columns.size());
    for (uint64_t slot = 0; slot < slots; ++slot)
    {
        AssociationProblem problem = scenario->Draw();
        scenario->DropIdle(problem);
        const AssociationDecision decision = decide(problem);
        const AssociationOutcome outcome = EvaluateAssociation(problem, decision);
        const double served = std::max(static_cast<double>(problem.GetM() - outcome.unserved), 1.0);
        const bool isPaper = m_settings.layout.objective == PAPER_OBJECTIVE;
        const double values[] = {(isPaper ? outcome.latencyS.sum() : outcome.speculative) / served,
                                 GetObjective(outcome) / served,
                                 outcome.speculative / served,
                                 outcome.uploadS.sum() / served,
                                 decision.bandwidthShare.sum() /
                                     static_cast<double>(problem.GetE())};
        for (std::size_t i = 0; i < series.size(); ++i)
        {
            series[i].push_back(values[i]);
        }
        m_watch();
    }
    Simulator::Destroy();
    Means means;
    for (std::size_t i = 0; i < series.size(); ++i)
    {
        means.emplace_back(measures.columns[i].first, GetMeanInterval(series[i]));
    }
    return means;
}

Eigen::ArrayXd
LlmMecAssociationTraining::GetRewards(const AssociationProblem& problem,
                                      const AssociationWeights& weights,
                                      const AssociationDecision& decision,
                                      AssociationPolicy& random) const
{
    if (m_settings.reward == LlmMecAssociationTrainingSettings::RATIO)
    {
        const AssociationDecision other = DivideServers(problem,
                                                        m_settings.layout.objective,
                                                        UNIFORM_SHARES,
                                                        random.Associate(problem));
        const double ratio = GetObjective(EvaluateAssociation(problem, decision)) /
                             GetObjective(EvaluateAssociation(problem, other));
        return Eigen::ArrayXd::Constant(problem.GetM(), -ratio);
    }
    const AssociationWeightedCost cost(problem, m_settings.layout.objective, weights);
    return -GetMarginalCosts(cost, decision.server).max(LEAST_SAVING_S).log();
}

AssociationDecision
LlmMecAssociationTraining::Explore(const AssociationProblem& problem,
                                   agents::Agent& agent,
                                   AssociationPolicy& random) const
{
    constexpr Eigen::Index features = AssociationAgentLayout::FEATURES;
    constexpr Eigen::Index actions = AssociationAgentLayout::ACTIONS;
    const AssociationAgentLayout& layout = m_settings.layout;
    AssociationWeights weights = layout.Weigh(problem, agent.GetPolicy());
    const std::vector<int> server = layout.Match(problem, weights);
    std::vector<Eigen::Index> served;
    for (Eigen::Index i = 0; i < problem.GetM(); ++i)
    {
        if (server[static_cast<std::size_t>(i)] != NO_SERVER)
        {
            served.push_back(i);
        }
    }
    const auto n = static_cast<Eigen::Index>(served.size());
    if (n == 0)
    {
        return DivideServersByWeights(weights, server);
    }
    Eigen::VectorXf seen(n * features);
    const auto getServer = [&](Eigen::Index k) {
        return server[static_cast<std::size_t>(served[static_cast<std::size_t>(k)])];
    };
    for (Eigen::Index k = 0; k < n; ++k)
    {
        seen.segment(k * features, features) =
            layout.Observe(problem, served[static_cast<std::size_t>(k)], getServer(k));
    }
    Eigen::VectorXf action(n * actions);
    const uint64_t step = agent.Explore(0, seen, action);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        layout.SetWeights(problem,
                          action.segment(k * actions, actions),
                          served[static_cast<std::size_t>(k)],
                          getServer(k),
                          weights);
    }
    const AssociationDecision decision = DivideServersByWeights(weights, server);
    const Eigen::ArrayXd rewards = GetRewards(problem, weights, decision, random);
    Eigen::VectorXf own(n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        own[k] = static_cast<float>(rewards[served[static_cast<std::size_t>(k)]]);
    }
    agent.Reward(step, own.cast<double>().mean(), own);
    return decision;
}

LlmMecLearningTask::Means
LlmMecAssociationTraining::RunEpisode(std::shared_ptr<agents::Agent> agent, uint64_t episode)
{
    NS_LOG_FUNCTION(this << episode);
    const std::vector<uint64_t>& devices = m_settings.trainDevices;
    const uint64_t run = m_settings.GetRun(episode);
    RngSeedManager::SetRun(run);
    auto random = CreateObject<RandomAssociationPolicy>();
    random->AssignStreams(0);
    const Means means =
        Run(run,
            devices.empty() ? 0 : devices[(episode - 1) % devices.size()],
            m_settings.slots,
            [&](const AssociationProblem& problem) { return Explore(problem, *agent, *random); });
    agent->EndEpisode();
    return means;
}

LlmMecLearningTask::Means
LlmMecAssociationTraining::Evaluate(std::shared_ptr<const agents::Policy> trained)
{
    const TrainedAssociation learned(trained, m_settings.layout, "the policy that is learned");
    return Run(m_settings.GetHeldOutRun(),
               0,
               m_settings.evaluationSlots,
               [this, &learned](const AssociationProblem& problem) {
                   const AssociationWeights weights = learned.Weigh(problem);
                   return DivideServersByWeights(weights,
                                                 m_settings.layout.Match(problem, weights));
               });
}

LlmMecLearningTask::Means
LlmMecAssociationTraining::Evaluate(const std::string& policy)
{
    NS_LOG_FUNCTION(this << policy);
    const auto& [association, shares] = POLICIES.at(policy);
    const std::string& objective =
        AssociationAgentLayout::GetObjectiveNames()[m_settings.layout.objective];
    RngSeedManager::SetRun(m_settings.GetHeldOutRun());
    const auto associating =
        MakePolicy<AssociationPolicy>(&AssociationPolicy::Find, association, objective);
    const auto dividing =
        MakePolicy<AssociationSharePolicy>(&AssociationSharePolicy::Find, shares, objective);
    associating->AssignStreams(0);
    return Run(m_settings.GetHeldOutRun(),
               0,
               m_settings.evaluationSlots,
               [&](const AssociationProblem& problem) {
                   return dividing->Divide(problem, associating->Associate(problem));
               });
}

} // namespace llmmec
} // namespace ns3
