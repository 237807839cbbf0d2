/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_HILL_CLIMBER_H
#define AGENTS_HILL_CLIMBER_H

#include "agents/agent.h"
#include "agents/algorithm-registry.h"
#include "agents/policy-network.h"
#include "agents/settings-json.h"
#include "base/random-stream.h"

#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace agents
{

/// Settings of HillClimber.
struct HillClimberSettings
{
    double spread{0.3};  ///< standard deviation of the change of a weight
    bool settles{false}; ///< whether the spread falls as 1 / sqrt(episode)

    /// Name each setting. @param visit called with name, setting, least and largest value
    template <typename Visitor>
    void Visit(Visitor& visit)
    {
        visit("spread", spread, 0.0, 10.0);
        visit("settles", settles);
    }
};

/**
 * @brief A toy algorithm, which shows what an algorithm of one's own needs: this file and no other.
 *
 * A linear policy; each episode acts with other weights, drawn about the best so far, and keeps
 * them when the mean reward was higher. Needs no LibTorch.
 */
class HillClimber : public Agent
{
  public:
    /// @param shape what it sees and does @param settings settings @param seed of all randomness
    HillClimber(const AgentShape& shape, const HillClimberSettings& settings, uint64_t seed)
        : m_settings(settings),
          m_random(seed),
          m_best(MakePolicy(shape)),
          m_now(m_best)
    {
    }

    uint64_t Explore(uint32_t,
                     const Eigen::Ref<const Eigen::VectorXf>& observation,
                     Eigen::Ref<Eigen::VectorXf> action) override
    {
        m_now.Act(observation, action);
        return m_steps++;
    }

    void Reward(uint64_t, double reward) override
    {
        m_sum += reward;
        ++m_rewarded;
    }

    void EndEpisode() override
    {
        if (m_rewarded > 0 && (m_episodes == 0 || m_sum / m_rewarded > m_bestReward))
        {
            m_bestReward = m_sum / m_rewarded;
            m_best = m_now;
        }
        m_sum = 0;
        m_rewarded = 0;
        ++m_episodes;
        const double spread =
            m_settings.spread / (m_settings.settles ? std::sqrt(m_episodes) : 1.0);
        m_now = m_best;
        for (DenseLayer& layer : m_now.GetLayers())
        {
            for (Eigen::Index i = 0; i < layer.weight.size(); ++i)
            {
                layer.weight.data()[i] += static_cast<float>(spread) * m_random.Normal();
            }
        }
    }

    const PolicyNetwork& GetPolicy() const override
    {
        return m_best;
    }

    std::map<std::string, double> GetMetrics() const override
    {
        return {{"bestReward", m_bestReward}};
    }

    void Save(Archive& archive) const override
    {
        archive.Put("agent", NAME);
        archive.Put("agent/random", m_random.Save());
        const nlohmann::json numbers{m_bestReward, m_sum, m_rewarded, m_episodes, m_steps};
        archive.Put("agent/numbers", numbers.dump());
        archive.Put("agent/now", Write(m_now));
        archive.Put("policy", Write(m_best));
    }

    void Load(const Archive& archive) override
    {
        if (archive.Get("agent") != NAME)
        {
            throw std::runtime_error(archive.GetPath() + ": not a checkpoint of " + NAME);
        }
        m_random.Load(archive.Get("agent/random"));
        const auto numbers = nlohmann::json::parse(archive.Get("agent/numbers"));
        m_bestReward = numbers[0];
        m_sum = numbers[1];
        m_rewarded = numbers[2];
        m_episodes = numbers[3];
        m_steps = numbers[4];
        m_now = Read(archive, "agent/now");
        m_best = Read(archive, "policy");
    }

    static constexpr const char* NAME = "hill-climber"; ///< of the algorithm

    /// @param preset which @return the settings
    static HillClimberSettings GetPreset(Preset preset)
    {
        HillClimberSettings settings;
        settings.settles = preset == Preset::BEST;
        settings.spread = preset == Preset::PAPER ? 1 : settings.spread;
        return settings;
    }

  private:
    /// @param shape what it sees and does @return a policy that always acts by one half
    static PolicyNetwork MakePolicy(const AgentShape& shape)
    {
        DenseLayer layer;
        layer.weight = Eigen::MatrixXf::Zero(shape.actions, shape.observations);
        layer.bias = Eigen::VectorXf::Zero(shape.actions);
        return PolicyNetwork({layer}, Activation::RELU, shape.actions);
    }

    /// @param policy some policy @return its bytes
    static std::string Write(const PolicyNetwork& policy)
    {
        std::ostringstream out;
        policy.Write(out);
        return out.str();
    }

    /// @param archive a checkpoint @param section of it @return the policy there
    static PolicyNetwork Read(const Archive& archive, const std::string& section)
    {
        std::istringstream in(archive.Get(section));
        return PolicyNetwork::Read(in, archive.GetPath());
    }

    HillClimberSettings m_settings; //!< settings
    base::RandomStream m_random;    //!< changes of weights
    PolicyNetwork m_best;           //!< so far
    PolicyNetwork m_now;            //!< acts in this episode
    double m_bestReward{0};         //!< mean reward of an episode of the best
    double m_sum{0};                //!< of this episode's rewards
    uint64_t m_rewarded{0};         //!< steps of this episode
    uint64_t m_episodes{0};         //!< that have ended
    uint64_t m_steps{0};            //!< ever opened
};

/// The algorithm's row of the registry.
inline const bool HILL_CLIMBER_IS_REGISTERED = AlgorithmRegistry::Add(
    {HillClimber::NAME,
     "random search of linear policies",
     [](Preset preset) { return WriteSettings(HillClimber::GetPreset(preset)); },
     [](const nlohmann::json& json, const AgentShape& shape, uint64_t seed) {
         HillClimberSettings settings;
         ReadSettings(settings, json);
         return std::make_unique<HillClimber>(shape, settings, seed);
     }});

} // namespace agents

#endif // AGENTS_HILL_CLIMBER_H
